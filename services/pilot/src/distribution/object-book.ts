import type { ConfigObject } from '@quintet/model';
import type { ProxyProgress } from './proxy-progress.ts';

/** How many proxies have one object. */
export type Share = { readonly version: string; readonly acknowledged: number; readonly total: number };

/** The objects that a revision was made of; revision 0 is before the first. */
export type PublishedWorld = { readonly revision: number; readonly objects: readonly ConfigObject[] };

/** Since which revision each object is what it is. */
export type ObjectBook = {
  /** Takes the objects of a revision over; returns the names of what is new, different, or gone. */
  readonly take: (world: PublishedWorld) => readonly string[];
  /** Undefined for an object that is gone. */
  readonly share: (name: string, proxies: ProxyCount) => Share | undefined;
};

/** Answers how many proxies have an object that is unchanged since a revision. */
export type ProxyCount = {
  readonly total: number;
  readonly having: (name: string, revision: number) => number;
};

/** An object as buckets name it: `<collection>/<namespace>/<name>`. */
export function nameOf({ collection, namespace, name }: ConfigObject): string {
  return `${collection}/${namespace}/${name}`;
}

export function createObjectBook(): ObjectBook {
  let known = new Map<string, { readonly version: string; readonly since: number }>();
  return {
    take({ objects, revision }) {
      const next = new Map<string, { readonly version: string; readonly since: number }>();
      const changed: string[] = [];
      for (const object of objects) {
        const name = nameOf(object);
        const before = known.get(name);
        const same = before?.version === object.version;
        if (!same) changed.push(name);
        next.set(name, same ? before : { version: object.version, since: revision });
      }
      for (const name of known.keys()) if (!next.has(name)) changed.push(name);
      known = next;
      return changed;
    },
    share(name, { total, having }) {
      const object = known.get(name);
      return object && { version: object.version, acknowledged: having(name, object.since), total };
    },
  };
}

/** Counts proxies quickly, however many objects are asked about. */
export function countProxies(proxies: readonly ProxyProgress[]): ProxyCount {
  const revisions = proxies.map(({ revision }) => revision).sort((a, b) => a - b);
  const refusing = proxies.filter(({ refused }) => refused.size > 0);
  return {
    total: proxies.length,
    having(name, revision) {
      const refused = refusing.filter(
        (proxy) => proxy.revision >= revision && proxy.refused.has(name),
      ).length;
      return revisions.length - lowerBound(revisions, revision) - refused;
    },
  };
}

/** Index of the first number that is not less. */
function lowerBound(sorted: readonly number[], wanted: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
