import type { Message, MessageInitShape } from '@bufbuild/protobuf';
import { type Any, anyUnpack } from '@bufbuild/protobuf/wkt';
import { type Cluster, Cluster_DiscoveryType } from '@quintet/proto/envoy/config/cluster/v3/cluster_pb.js';
import type { NodeSchema } from '@quintet/proto/envoy/config/core/v3/base_pb.js';
import type { Listener } from '@quintet/proto/envoy/config/listener/v3/listener_pb.js';
import { HttpConnectionManagerSchema } from '@quintet/proto/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js';
import { AggregatedDiscoveryService } from '@quintet/proto/envoy/service/discovery/v3/ads_pb.js';
import type {
  DeltaDiscoveryRequestSchema,
  DiscoveryRequestSchema,
} from '@quintet/proto/envoy/service/discovery/v3/discovery_pb.js';
import { envoyRegistry } from '@quintet/proto/envoy-registry';
import { type Channel, createClient, createQueue, errorText } from '@quintet/runtime';
import {
  CLUSTER_TYPE,
  ENDPOINT_TYPE,
  type Form,
  isWildcardType,
  LISTENER_TYPE,
  ROUTE_TYPE,
} from '@quintet/xds';

export type XdsClientOptions = {
  readonly channel: Channel;
  readonly form: Form;
  readonly node: MessageInitShape<typeof NodeSchema>;
  /** Refuses a response with this text; takes it when absent or nothing is returned. */
  readonly refuse?: (typeUrl: string, resources: ReadonlyMap<string, Message>) => string | undefined;
};

/** An xDS client for tests: it takes what an Envoy takes, follows names as an Envoy does, and answers each response. */
export type XdsClient = {
  /** What the client holds of a type, decoded, by name. */
  readonly resources: (typeUrl: string) => ReadonlyMap<string, Message>;
  /** Resolves as soon as `holds` is true; rejects after `timeoutMs`, or when the stream has ended. */
  readonly until: (holds: (client: XdsClient) => boolean, timeoutMs?: number) => Promise<void>;
  /** Why the stream ended; nothing while it is open. */
  readonly ended: () => string | undefined;
  readonly close: () => Promise<void>;
};

const FOLLOWED = [CLUSTER_TYPE, LISTENER_TYPE];

type Response = {
  readonly typeUrl: string;
  readonly nonce: string;
  readonly version: string;
  readonly upserts: ReadonlyMap<string, Message>;
  readonly removals: readonly string[];
};

/** Opens a stream and asks for clusters and listeners. */
export function createXdsClient(options: XdsClientOptions): XdsClient {
  const client = new Client(options);
  void client.run();
  return client.facade;
}

class Client {
  end: string | undefined;
  readonly facade: XdsClient;
  readonly #options: XdsClientOptions;
  readonly #stop = new AbortController();
  readonly #sotw = createQueue<MessageInitShape<typeof DiscoveryRequestSchema>>();
  readonly #delta = createQueue<MessageInitShape<typeof DeltaDiscoveryRequestSchema>>();
  readonly #held = new Map<string, Map<string, Message>>();
  readonly #names = new Map<string, readonly string[]>();
  readonly #answers = new Map<string, { nonce: string; version: string }>();
  readonly #waiting = new Set<() => void>();
  #finished: Promise<void> = Promise.resolve();

  constructor(options: XdsClientOptions) {
    this.#options = options;
    this.facade = {
      resources: (typeUrl) => this.held(typeUrl),
      until: (holds, timeoutMs = 3000) => this.until(() => holds(this.facade), timeoutMs),
      ended: () => this.end,
      close: () => this.close(),
    };
  }

  held(typeUrl: string): Map<string, Message> {
    const held = this.#held.get(typeUrl) ?? new Map<string, Message>();
    this.#held.set(typeUrl, held);
    return held;
  }

  async run(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#finished = promise;
    for (const typeUrl of FOLLOWED) this.#ask(typeUrl, []);
    try {
      for await (const response of this.#responses()) this.#take(response);
      this.end = 'the server ended the stream';
    } catch (error) {
      this.end = errorText(error);
    }
    for (const wake of this.#waiting) wake();
    resolve();
  }

  async until(holds: () => boolean, timeoutMs: number): Promise<void> {
    const deadline = AbortSignal.timeout(timeoutMs);
    while (!holds()) {
      if (this.end !== undefined) throw new Error(`the stream ended: ${this.end}`);
      if (deadline.aborted) throw new Error(`not so within ${timeoutMs} ms; held: ${this.#summary()}`);
      await new Promise<void>((resolve) => {
        const wake = () => {
          this.#waiting.delete(wake);
          deadline.removeEventListener('abort', wake);
          resolve();
        };
        this.#waiting.add(wake);
        deadline.addEventListener('abort', wake);
      });
    }
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#finished;
  }

  async *#responses(): AsyncGenerator<Response, void, void> {
    const { channel, form } = this.#options;
    const client = createClient(AggregatedDiscoveryService, channel);
    const { signal } = this.#stop;
    if (form === 'sotw') {
      for await (const response of client.streamAggregatedResources(this.#sotw, { signal })) {
        const { typeUrl, nonce, versionInfo: version } = response;
        yield { typeUrl, nonce, version, removals: [], upserts: named(response.resources) };
      }
      return;
    }
    for await (const response of client.deltaAggregatedResources(this.#delta, { signal })) {
      const { typeUrl, nonce, systemVersionInfo: version, removedResources: removals } = response;
      const bodies = response.resources.map(({ resource }) => resource).filter((any) => any !== undefined);
      yield { typeUrl, nonce, version, removals, upserts: named(bodies) };
    }
  }

  #take({ typeUrl, nonce, version, upserts, removals }: Response): void {
    const error = this.#options.refuse?.(typeUrl, upserts);
    const before = this.#answers.get(typeUrl)?.version ?? '';
    this.#answers.set(typeUrl, { nonce, version: error === undefined ? version : before });
    if (error !== undefined) {
      this.#answer(typeUrl, error);
      return;
    }
    const held = this.held(typeUrl);
    if (this.#options.form === 'sotw' && isWildcardType(typeUrl)) held.clear();
    for (const [name, message] of upserts) held.set(name, message);
    for (const name of isWildcardType(typeUrl) ? removals : []) held.delete(name);
    this.#answer(typeUrl);
    if (typeUrl === CLUSTER_TYPE) this.#follow(ENDPOINT_TYPE, [...held.values()].flatMap(endpointName));
    if (typeUrl === LISTENER_TYPE) this.#follow(ROUTE_TYPE, [...held.values()].flatMap(routeNames));
    for (const wake of this.#waiting) wake();
  }

  /** Subscribes to exactly these names, as far as that is a change. */
  #follow(typeUrl: string, wanted: readonly string[]): void {
    const names = [...new Set(wanted)].sort();
    const before = this.#names.get(typeUrl) ?? [];
    const gone = before.filter((name) => !names.includes(name));
    const fresh = names.filter((name) => !before.includes(name));
    if (gone.length === 0 && fresh.length === 0) return;
    for (const name of gone) this.held(typeUrl).delete(name);
    this.#names.set(typeUrl, names);
    if (this.#options.form === 'delta') this.#ask(typeUrl, fresh, gone);
    else if (this.#answers.has(typeUrl)) this.#answer(typeUrl);
    else this.#ask(typeUrl, names);
  }

  #ask(typeUrl: string, names: readonly string[], gone: readonly string[] = []): void {
    const { node, form } = this.#options;
    if (form === 'sotw') this.#sotw.push({ node, typeUrl, resourceNames: [...names] });
    else {
      const lists = { resourceNamesSubscribe: [...names], resourceNamesUnsubscribe: [...gone] };
      this.#delta.push({ node, typeUrl, ...lists });
    }
  }

  #answer(typeUrl: string, error?: string): void {
    const { nonce = '', version = '' } = this.#answers.get(typeUrl) ?? {};
    const detail = error === undefined ? {} : { errorDetail: { code: 13, message: error } };
    if (this.#options.form === 'delta') this.#delta.push({ typeUrl, responseNonce: nonce, ...detail });
    else {
      const resourceNames = [...(this.#names.get(typeUrl) ?? [])];
      this.#sotw.push({ typeUrl, responseNonce: nonce, versionInfo: version, resourceNames, ...detail });
    }
  }

  #summary(): string {
    return [...this.#held]
      .map(
        ([typeUrl, held]) => `${typeUrl.slice(typeUrl.lastIndexOf('.') + 1)}: ${[...held.keys()].join(' ')}`,
      )
      .join('; ');
  }
}

function named(bodies: readonly Any[]): Map<string, Message> {
  return new Map(
    bodies.map((any) => {
      const message = anyUnpack(any, envoyRegistry);
      if (message === undefined) throw new Error(`unknown resource ${any.typeUrl}`);
      const name: unknown = Reflect.get(message, 'name') ?? Reflect.get(message, 'clusterName');
      return [String(name), message];
    }),
  );
}

function endpointName(message: Message): string[] {
  const { name, clusterDiscoveryType: type, edsClusterConfig } = message as Cluster;
  const isEds = type.case === 'type' && type.value === Cluster_DiscoveryType.EDS;
  return isEds ? [edsClusterConfig?.serviceName || name] : [];
}

function routeNames(message: Message): string[] {
  const { filterChains, defaultFilterChain } = message as Listener;
  return [...filterChains, ...(defaultFilterChain === undefined ? [] : [defaultFilterChain])]
    .flatMap(({ filters }) => filters)
    .flatMap(({ configType }) => (configType.case === 'typedConfig' ? [configType.value] : []))
    .map((any) => anyUnpack(any, HttpConnectionManagerSchema))
    .flatMap((manager) =>
      manager?.routeSpecifier.case === 'rds' ? [manager.routeSpecifier.value.routeConfigName] : [],
    );
}
