import type { DescMessage, MessageShape } from '@bufbuild/protobuf';
import { type Issue, kindByCollection, type ResourceRef } from '@quintet/model';
import { ClusterSchema } from '@quintet/proto/envoy/config/cluster/v3/cluster_pb.js';
import { ListenerSchema } from '@quintet/proto/envoy/config/listener/v3/listener_pb.js';
import { RouteConfigurationSchema } from '@quintet/proto/envoy/config/route/v3/route_pb.js';
import {
  CLUSTER_TYPE,
  ENDPOINT_TYPE,
  LISTENER_TYPE,
  type Need,
  ROUTE_TYPE,
  type WireResource,
  type WireSet,
  type WireType,
  wireType,
} from '@quintet/xds';
import type { Spelled, SpelledPlan } from '../envoy/spell.ts';
import type { Press, Pressed } from './press.ts';

/** The configuration objects a resource came from, as `<collection>/<namespace>/<name>`, by type and name. */
export type Provenance = ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;

/** What one proxy is handed, except endpoints, and what is wrong with it. */
export type Assembled = {
  readonly set: WireSet;
  readonly provenance: Provenance;
  /** One for each object whose result is held back. */
  readonly issues: readonly Issue[];
};

export type AssembleInput = {
  readonly spelled: SpelledPlan;
  /** Clusters that stand in the proxy's bootstrap. */
  readonly staticClusters: ReadonlySet<string>;
  readonly press: Press;
  /** What the proxy was handed before: the source of last good versions. */
  readonly last: WireSet | undefined;
};

/**
 * Makes the set of one proxy. A resource that breaks a rule of Envoy, or names what does not exist, is not
 * handed out in that version: its last good version stays, and an issue names the objects it came from. All
 * other resources go out.
 */
export function assemble(input: AssembleInput): Assembled {
  const draft = new Draft(input);
  const press =
    <Desc extends DescMessage>(schema: Desc) =>
    ({ name, message }: Spelled<MessageShape<Desc>>) =>
      input.press.press({ schema, message, name });
  draft.take(CLUSTER_TYPE, input.spelled.clusters, press(ClusterSchema));
  draft.take(ROUTE_TYPE, input.spelled.routes, press(RouteConfigurationSchema));
  draft.take(LISTENER_TYPE, input.spelled.listeners, press(ListenerSchema));
  draft.holdBackDangling(ROUTE_TYPE);
  draft.holdBackDangling(LISTENER_TYPE);
  return draft.finish();
}

class Draft {
  readonly #input: AssembleInput;
  readonly #types = new Map<string, Map<string, WireResource>>();
  readonly #provenance = new Map<string, Map<string, readonly string[]>>();
  readonly #issues: Issue[] = [];

  constructor(input: AssembleInput) {
    this.#input = input;
  }

  take<Message>(
    typeUrl: string,
    all: readonly Spelled<Message>[],
    press: (one: Spelled<Message>) => Pressed,
  ): void {
    const taken = new Map<string, WireResource>();
    const sources = new Map<string, readonly string[]>();
    this.#types.set(typeUrl, taken);
    this.#provenance.set(typeUrl, sources);
    for (const one of all) {
      if (sources.has(one.name)) {
        this.#report(typeUrl, one.name, one.sources, 'there are two of that name; the first counts');
        continue;
      }
      sources.set(one.name, one.sources);
      const { resource, faults } = press(one);
      const good = faults.length === 0 ? resource : this.#lastGood(typeUrl, one.name);
      if (good !== undefined) taken.set(one.name, good);
      for (const { path, message } of faults)
        this.#report(typeUrl, one.name, one.sources, `${path}: ${message}`);
    }
  }

  holdBackDangling(typeUrl: string): void {
    const taken = this.#of(typeUrl);
    for (const [name, resource] of taken) {
      const missing = this.#missing(resource);
      if (missing.length === 0) continue;
      const names = missing.map((need) => need.name).join(', ');
      this.#report(typeUrl, name, this.#sourcesOf(typeUrl, name), `names what is not handed out: ${names}`);
      const last = this.#lastGood(typeUrl, name);
      // Without a good version it goes out all the same: what dangles answers with an error, the rest works.
      if (last !== undefined && this.#missing(last).length === 0) taken.set(name, last);
    }
  }

  finish(): Assembled {
    const { last } = this.#input;
    const types = [...this.#types].map(
      ([typeUrl, taken]) => [typeUrl, sameOrNew(taken, last?.get(typeUrl))] as const,
    );
    return { set: new Map(types), provenance: this.#provenance, issues: this.#issues };
  }

  #missing({ needs }: WireResource): readonly Need[] {
    return needs.filter(({ type, name }) => {
      if (type === ENDPOINT_TYPE) return false;
      if (type === CLUSTER_TYPE && this.#input.staticClusters.has(name)) return false;
      return !this.#of(type).has(name);
    });
  }

  #of(typeUrl: string): Map<string, WireResource> {
    return this.#types.get(typeUrl) ?? new Map();
  }

  #lastGood(typeUrl: string, name: string): WireResource | undefined {
    return this.#input.last?.get(typeUrl)?.resources.get(name);
  }

  #sourcesOf(typeUrl: string, name: string): readonly string[] {
    return this.#provenance.get(typeUrl)?.get(name) ?? [];
  }

  #report(typeUrl: string, name: string, sources: readonly string[], what: string): void {
    this.#issues.push(...heldBackIssues(typeUrl, name, sources, what));
  }
}

/** Equal content is the same object as before, so that nobody has to compare it again. */
export function sameOrNew(taken: ReadonlyMap<string, WireResource>, last: WireType | undefined): WireType {
  if (last !== undefined && holdsTheSame(taken, last.resources)) return last;
  const made = wireType(taken.values());
  return last?.version === made.version ? last : made;
}

/** Resources of equal content are one object, so that a look at each is enough and nothing need be hashed. */
function holdsTheSame(
  taken: ReadonlyMap<string, WireResource>,
  last: ReadonlyMap<string, WireResource>,
): boolean {
  if (taken.size !== last.size) return false;
  for (const [name, resource] of taken) if (last.get(name) !== resource) return false;
  return true;
}

/** What is said of a resource that is held back: an issue for each object it came from. */
export function heldBackIssues(
  typeUrl: string,
  name: string,
  sources: readonly string[],
  what: string,
): readonly Issue[] {
  const short = typeUrl.slice(typeUrl.lastIndexOf('.') + 1);
  const issue = {
    code: 'QTT3002',
    severity: 'error',
    path: '',
    message: `${short} ${name}: ${what}`,
  } as const;
  const resources = sources.map(resourceRef).filter((resource) => resource !== undefined);
  return resources.length === 0 ? [issue] : resources.map((resource) => ({ ...issue, resource }));
}

/** The object that `<collection>/<namespace>/<name>` names; nothing when the collection is not of the table. */
export function resourceRef(source: string): ResourceRef | undefined {
  const parts = source.split('/');
  const [name = '', namespace = ''] = [parts.at(-1), parts.at(-2)];
  const kind = kindByCollection(parts.slice(0, -2).join('/'))?.kind;
  return kind === undefined ? undefined : { kind, namespace, name };
}
