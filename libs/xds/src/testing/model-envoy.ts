import type { SessionRequest, SessionResponse } from '../session-types.ts';
import type { Form } from '../type-channel.ts';
import { CLUSTER_TYPE, ENDPOINT_TYPE, isWildcardType, LISTENER_TYPE, ROUTE_TYPE } from '../type-urls.ts';
import type { WireResource } from '../wire-set.ts';

/** Says why a resource is refused; nothing when it is taken. */
export type Judge = (typeUrl: string, resources: readonly WireResource[]) => string | undefined;

type Held = Map<string, WireResource>;

/**
 * What Envoy does with clusters, endpoints, listeners and routes, as far as order matters: a new or changed
 * cluster warms until endpoints arrive after it and serves in its old version till then, a cluster response is
 * answered when all its clusters are warm, a listener subscribes to the route tables it names, and a new version
 * of it takes over when they are there.
 */
export class ModelEnvoy {
  readonly requests: SessionRequest[] = [];
  readonly #form: Form;
  readonly #judge: Judge;
  readonly #active = new Map<string, Held>();
  readonly #warming: Held = new Map();
  readonly #pausedAnswers: SessionRequest[] = [];
  readonly #nonces = new Map<string, string>();
  readonly #versions = new Map<string, string>();
  readonly #subscribed = new Map<string, Set<string>>();

  constructor(form: Form, judge: Judge = () => undefined) {
    this.#form = form;
    this.#judge = judge;
  }

  /** Begins a stream: asks for clusters and listeners, and for what it is subscribed to. */
  connect(): void {
    this.requests.length = 0;
    this.#pausedAnswers.length = 0;
    this.#nonces.clear();
    for (const type of [CLUSTER_TYPE, ENDPOINT_TYPE, LISTENER_TYPE, ROUTE_TYPE]) {
      const names = [...this.#names(type)];
      if (!isWildcardType(type) && names.length === 0) continue;
      const warming = type === CLUSTER_TYPE ? this.#warming.values() : [];
      const held = [...this.#held(type).values(), ...warming].map(
        ({ name, version }) => [name, version] as const,
      );
      this.requests.push(
        this.#form === 'delta'
          ? { typeUrl: type, responseNonce: '', subscribe: names, initialVersions: Object.fromEntries(held) }
          : {
              typeUrl: type,
              responseNonce: '',
              resourceNames: names,
              versionInfo: this.#versions.get(type) ?? '',
            },
      );
    }
  }

  /** Names and versions in use, endpoints and routes only as far as subscribed. */
  holding(typeUrl: string): Record<string, string> {
    const held = [...this.#held(typeUrl).values()].map(({ name, version }) => [name, version] as const);
    return Object.fromEntries(held.sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** Clusters that a request could be sent to and that are not there. */
  broken(): string[] {
    const usable = [...this.#held(LISTENER_TYPE).values()].flatMap((listener) =>
      listener.needs.flatMap(({ type, name }) =>
        type === CLUSTER_TYPE
          ? [name]
          : (this.#held(ROUTE_TYPE)
              .get(name)
              ?.needs.map((need) => need.name) ?? []),
      ),
    );
    return usable.filter((name) => !this.#held(CLUSTER_TYPE).has(name));
  }

  receive(response: SessionResponse): void {
    const { typeUrl, nonce, version, resources } = response;
    this.#nonces.set(typeUrl, nonce);
    const error = this.#judge(typeUrl, resources);
    if (error !== undefined) {
      this.requests.push(this.#answer(typeUrl, nonce, error));
      return;
    }
    this.#versions.set(typeUrl, version);
    if (typeUrl === CLUSTER_TYPE) this.#takeClusters(response);
    else if (typeUrl === LISTENER_TYPE) this.#takeListeners(response);
    else this.#takeNamed(response);
    const answer = this.#answer(typeUrl, nonce);
    if (typeUrl === CLUSTER_TYPE && this.#warming.size > 0) this.#pausedAnswers.push(answer);
    else this.requests.push(answer);
    this.#resume();
  }

  #takeClusters(response: SessionResponse): void {
    const active = this.#held(CLUSTER_TYPE);
    for (const name of this.#removed(response, new Set([...active.keys(), ...this.#warming.keys()]))) {
      active.delete(name);
      this.#warming.delete(name);
    }
    for (const cluster of response.resources) {
      const newest = this.#warming.get(cluster.name) ?? active.get(cluster.name);
      if (newest?.version !== cluster.version) this.#warming.set(cluster.name, cluster);
    }
    this.#resubscribe(ENDPOINT_TYPE, [...active.keys(), ...this.#warming.keys()]);
  }

  #takeListeners(response: SessionResponse): void {
    const active = this.#held(LISTENER_TYPE);
    for (const name of this.#removed(response, new Set(active.keys()))) active.delete(name);
    for (const listener of response.resources) active.set(listener.name, listener);
    const routes = [...active.values()].flatMap(({ needs }) =>
      needs.filter(({ type }) => type === ROUTE_TYPE),
    );
    this.#resubscribe(
      ROUTE_TYPE,
      routes.map(({ name }) => name),
    );
  }

  #takeNamed({ typeUrl, resources }: SessionResponse): void {
    for (const resource of resources) {
      if (!this.#names(typeUrl).has(resource.name)) continue;
      this.#held(typeUrl).set(resource.name, resource);
      const warm = typeUrl === ENDPOINT_TYPE ? this.#warming.get(resource.name) : undefined;
      if (warm === undefined) continue;
      this.#held(CLUSTER_TYPE).set(warm.name, warm);
      this.#warming.delete(warm.name);
    }
  }

  #resume(): void {
    if (this.#warming.size > 0) return;
    const paused = this.#form === 'delta' ? this.#pausedAnswers : this.#pausedAnswers.slice(-1);
    this.requests.push(...paused);
    this.#pausedAnswers.length = 0;
  }

  #removed({ resources, removals }: SessionResponse, held: ReadonlySet<string>): string[] {
    if (this.#form === 'delta') return [...removals];
    const all = new Set(resources.map(({ name }) => name));
    return [...held].filter((name) => !all.has(name));
  }

  #resubscribe(typeUrl: string, wanted: readonly string[]): void {
    const before = this.#names(typeUrl);
    const after = new Set(wanted);
    const subscribe = [...after].filter((name) => !before.has(name));
    const unsubscribe = [...before].filter((name) => !after.has(name));
    if (subscribe.length === 0 && unsubscribe.length === 0) return;
    this.#subscribed.set(typeUrl, after);
    for (const name of unsubscribe) this.#held(typeUrl).delete(name);
    this.requests.push(
      this.#form === 'delta'
        ? { typeUrl, responseNonce: '', subscribe, unsubscribe }
        : this.#answer(typeUrl, this.#nonces.get(typeUrl) ?? ''),
    );
  }

  #answer(typeUrl: string, responseNonce: string, error?: string): SessionRequest {
    const refusal = error === undefined ? {} : { error };
    if (this.#form === 'delta') return { typeUrl, responseNonce, ...refusal };
    const versionInfo = this.#versions.get(typeUrl) ?? '';
    return { typeUrl, responseNonce, versionInfo, resourceNames: [...this.#names(typeUrl)], ...refusal };
  }

  #held(typeUrl: string): Held {
    const held = this.#active.get(typeUrl) ?? new Map<string, WireResource>();
    this.#active.set(typeUrl, held);
    return held;
  }

  #names(typeUrl: string): Set<string> {
    return this.#subscribed.get(typeUrl) ?? new Set();
  }
}
