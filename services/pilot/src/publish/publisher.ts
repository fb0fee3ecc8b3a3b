import type { ConfigObject, Issue } from '@quintet/model';
import type { ProxyNode } from '@quintet/proxy';
import { CLUSTER_TYPE, ENDPOINT_TYPE, type WireSet } from '@quintet/xds';
import type { Generator, ProxyView, Spelling, World } from '../generate/generator.ts';
import { type Assembled, assemble, type Provenance } from '../wire/assemble.ts';
import { assembleEndpoints, createEndpointShelf, type EndpointShelf } from '../wire/assemble-endpoints.ts';
import type { Press } from '../wire/press.ts';

export type PublisherOptions = {
  readonly generator: Generator;
  readonly press: Press;
  /** Clusters that stand in every proxy's bootstrap. */
  readonly staticClusters: ReadonlySet<string>;
  /** Told of all that is wrong with what a proxy sees, whenever that was made anew. */
  readonly onIssues: (issues: readonly Issue[], revision: number) => void;
  /** A stage threw: what was handed out before stays. */
  readonly onBug: (stage: 'snapshot' | 'proxy', error: unknown, proxy?: ProxyNode) => void;
};

/** What one proxy is handed at the moment. */
export type ProxyState = {
  readonly set: WireSet;
  readonly provenance: Provenance;
  /** What is wrong with what this proxy sees. */
  readonly issues: readonly Issue[];
  /** The revision it was made of. */
  readonly revision: number;
};

/** The source of one proxy's sets. */
export type Feed = {
  /** The newest state, made when asked for; nothing before the first revision, or when none could be made. */
  readonly state: () => ProxyState | undefined;
  readonly subscribe: (changed: () => void) => () => void;
};

/** Turns configuration into what proxies are handed: one world at a time, for each proxy when it asks. */
export type Publisher = {
  /** Makes a new world of these objects; from now on every feed answers out of it. */
  readonly publish: (objects: Iterable<ConfigObject>) => void;
  readonly open: (proxy: ProxyNode) => Feed;
  /** Counts worlds from 1; 0 before the first. */
  readonly revision: () => number;
  /** What is wrong with the configuration, whichever proxy asks. */
  readonly issues: () => readonly Issue[];
};

/** All that a proxy is handed except endpoints; shared by proxies that see the same. */
type Base = {
  readonly assembled: Assembled;
  readonly endpointsIn: Spelling['endpointsIn'];
  readonly issues: readonly Issue[];
};

type Made = ProxyState & { readonly base: Base; readonly key: string; readonly endpointsKey: string };

export function createPublisher(options: PublisherOptions): Publisher {
  const listeners = new Set<() => void>();
  const workshop = new Workshop(options);
  return {
    publish(objects) {
      if (!workshop.renew(objects)) return;
      for (const changed of listeners) changed();
    },
    open(proxy) {
      let made: Made | undefined;
      let tried = 0;
      return {
        state() {
          if (tried === workshop.revision) return made;
          tried = workshop.revision;
          made = workshop.make(proxy, made) ?? made;
          if (made !== undefined && made.issues.length > 0) options.onIssues(made.issues, made.revision);
          return made;
        },
        subscribe(changed) {
          listeners.add(changed);
          return () => listeners.delete(changed);
        },
      };
    },
    revision: () => workshop.revision,
    issues: () => workshop.issues,
  };
}

class Workshop {
  revision = 0;
  readonly #options: PublisherOptions;
  #world: World | undefined;
  #shelf: EndpointShelf = createEndpointShelf();
  #bases = new Map<string, Base>();
  #basesBefore = new Map<string, Base>();

  constructor(options: PublisherOptions) {
    this.#options = options;
  }

  get issues(): readonly Issue[] {
    return this.#world?.issues ?? [];
  }

  /** A new world, unless making it fails: then the last good one stays. */
  renew(objects: Iterable<ConfigObject>): boolean {
    const { generator, press, onBug } = this.#options;
    try {
      const world = generator.build(objects, this.#world);
      if (world.endpointsKey !== this.#world?.endpointsKey) this.#shelf = createEndpointShelf();
      this.#world = world;
    } catch (error) {
      onBug('snapshot', error);
      return false;
    }
    press.turn();
    this.#basesBefore = this.#bases;
    this.#bases = new Map();
    this.revision += 1;
    return true;
  }

  make(proxy: ProxyNode, last: Made | undefined): Made | undefined {
    if (this.#world === undefined) return undefined;
    try {
      return this.#make(this.#world, proxy, last);
    } catch (error) {
      this.#options.onBug('proxy', error, proxy);
      return undefined;
    }
  }

  #make(world: World, proxy: ProxyNode, last: Made | undefined): Made {
    const { endpointsKey } = world;
    const view = world.viewFor(proxy);
    const base = last?.key === view.key ? last.base : this.#baseOf(view, last);
    if (base === last?.base && endpointsKey === last.endpointsKey)
      return { ...last, revision: this.revision };
    const { set, provenance } = base.assembled;
    const endpoints = assembleEndpoints({
      clusters: set.get(CLUSTER_TYPE),
      provenance,
      source: (cluster) => base.endpointsIn(world, cluster),
      press: this.#options.press,
      shelf: this.#shelf,
      last: last?.set,
    });
    return {
      key: view.key,
      base,
      endpointsKey,
      set: new Map([...set, [ENDPOINT_TYPE, endpoints.type]]),
      provenance,
      issues: [...base.issues, ...base.assembled.issues, ...endpoints.issues],
      revision: this.revision,
    };
  }

  #baseOf(view: ProxyView, last: Made | undefined): Base {
    const shared = this.#bases.get(view.key) ?? this.#basesBefore.get(view.key);
    if (shared !== undefined) {
      this.#bases.set(view.key, shared);
      return shared;
    }
    const { press, staticClusters } = this.#options;
    const spelling = view.spell();
    const assembled = assemble({ spelled: spelling, staticClusters, press, last: last?.set });
    const base = { assembled, endpointsIn: spelling.endpointsIn, issues: spelling.issues };
    // What is held back depends on what this proxy had before, so it is nobody else's.
    if (assembled.issues.length === 0) this.#bases.set(view.key, base);
    return base;
  }
}
