import {
  type ClusterAccess,
  createDiscovery,
  createKubeClient,
  createReflector,
  type KubeClient,
  type Reflector,
  remoteKubeconfigAccess,
  type VersionedType,
} from '@quintet/kube';
import type { CheckOptions } from '@quintet/model';
import type { Clock, HealthResult, Log, Random, Timer } from '@quintet/runtime';
import type { Source, SourceOptions } from '../../store/source.ts';
import { type ClusterFeed, createClusterFeed } from './cluster-feed.ts';
import { configKinds, type FollowedKind, type KindsToRead, nativeKinds } from './kinds-to-read.ts';
import { countConversions, type KubeMetrics, observeReflectors } from './kube-metrics.ts';
import { createRemoteClusters, type RemoteClusters } from './remote-clusters.ts';

/** Name of the source of the local cluster. */
export const KUBE = 'kube';

/** Name of the source of a remote cluster. */
export const remoteSource = (cluster: string): string => `${KUBE}/${cluster}`;

export type KubeSourceOptions = SourceOptions &
  KindsToRead &
  Pick<CheckOptions, 'alsoCheck'> & {
    /** The local cluster: `kubeconfigAccess` or `inClusterAccess`. */
    readonly access: ClusterAccess;
    /** For the audit logs of API servers: `quintet-galley/0.1.0`. */
    readonly userAgent: string;
    /** Where the Secrets of remote clusters are. */
    readonly deploymentNamespace: string;
    /** How long the first batch waits for remote clusters, milliseconds. */
    readonly remoteClusterWaitMs: number;
    /** How often everything is compared with a fresh list, milliseconds; 0 for never. */
    readonly resyncMs: number;
    readonly quietMs: number;
    readonly maxMs: number;
    readonly clock: Clock;
    readonly random: Random;
    readonly log: Log;
    readonly metrics: KubeMetrics;
  };

/** A source, and the client of its local cluster for whoever writes there. */
export type KubeSource = Source & { readonly client: KubeClient };

/** Missing types are looked for this often all at once, so that they share the answers; a new CRD is seen at once. */
const LOOK_FOR_TYPES_MS = 30_000;
/** A type is served a moment after its CRD was accepted. */
const SERVED_AFTER_MS = 2_000;

const CRDS: VersionedType = {
  group: 'apiextensions.k8s.io',
  versions: ['v1'],
  plural: 'customresourcedefinitions',
  kind: 'CustomResourceDefinition',
  scope: 'cluster',
};

/**
 * Kubernetes as a source: configuration and objects of Kubernetes of the local cluster (`kube`), objects of Kubernetes of
 * those that Secrets name (`kube/<id>`). Types that are missing are nothing to wait for; those that may not be read are.
 * The first batch waits for remote clusters too, for a while: without them their endpoints would look deleted.
 */
export function createKubeSource(options: KubeSourceOptions): KubeSource {
  const source = new Kubernetes(options);
  return {
    name: KUBE,
    client: source.client,
    start: () => source.start(),
    stop: () => source.stop(),
    health: () => source.health(),
  };
}

class Kubernetes {
  readonly client: KubeClient;
  readonly #options: KubeSourceOptions;
  readonly #local: ClusterFeed;
  readonly #remotes: RemoteClusters | undefined;
  readonly #crds: Reflector;
  readonly #timers = new Set<Timer>();
  #localListed = false;
  #waitedLongEnough = false;
  #open = false;

  constructor(options: KubeSourceOptions) {
    this.#options = options;
    const { clock, access, random } = options;
    this.client = this.#createClient(access);
    const kinds = [...this.#configKinds(), ...nativeKinds(options, 'local')];
    this.#local = this.#createFeed({
      ...{ source: KUBE, cluster: '', client: this.client, kinds },
      onListed: () => {
        this.#localListed = true;
        this.#openWhenComplete();
      },
    });
    this.#remotes = options.serviceDiscovery ? this.#createRemotes() : undefined;
    this.#crds = createReflector({
      ...{ client: this.client, discovery: createDiscovery({ client: this.client, clock }), clock, random },
      type: CRDS,
      decode: () => undefined,
      onChange: () => {
        this.#local.wake();
        this.#after(SERVED_AFTER_MS, () => this.#local.wake());
      },
    });
  }

  async start(): Promise<void> {
    this.#after(this.#options.remoteClusterWaitMs, () => {
      this.#waitedLongEnough = true;
      this.#openWhenComplete();
    });
    this.#lookForTypes();
    await this.#local.start();
    await this.#remotes?.start();
    await this.#crds.start();
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) timer.cancel();
    await Promise.all([this.#crds.stop(), this.#remotes?.stop()]);
    await this.#local.stop();
  }

  health(): HealthResult {
    const { waiting, stale } = this.#local.state();
    const remote = this.#remotes?.problems() ?? [];
    if (!this.#open) {
      const detail = [...waiting, ...remote].slice(0, 3).join('; ');
      return { state: 'failed', detail: detail || 'not everything has been listed yet' };
    }
    const problems = [...waiting, ...stale, ...remote];
    return problems.length === 0
      ? { state: 'ok' }
      : { state: 'degraded', detail: problems.slice(0, 3).join('; ') };
  }

  #openWhenComplete(): void {
    if (this.#open || !this.#localListed) return;
    if (!this.#waitedLongEnough && this.#remotes?.settled() === false) return;
    this.#open = true;
    this.#local.open();
  }

  #configKinds(): readonly FollowedKind[] {
    const { metrics, alsoCheck } = this.#options;
    return configKinds(this.#options, {
      ...(alsoCheck && { alsoCheck }),
      onRead: countConversions(metrics),
    });
  }

  #createClient(access: ClusterAccess): KubeClient {
    const { clock, userAgent } = this.#options;
    return createKubeClient({ access, clock, userAgent });
  }

  #createRemotes(): RemoteClusters {
    const { deploymentNamespace, clock, random, log, onBatch } = this.#options;
    return createRemoteClusters({
      ...{ client: this.client, namespace: deploymentNamespace, clock, random, log, times: this.#times() },
      createFeed: ({ id, kubeconfig }, wiring) => {
        const client = this.#createClient(remoteKubeconfigAccess(kubeconfig, { clock }));
        const kinds = nativeKinds(this.#options, 'remote');
        return this.#createFeed({ source: remoteSource(id), cluster: id, client, kinds, ...wiring });
      },
      onGone: (id, keys) =>
        onBatch({ source: remoteSource(id), synced: true, put: [], removed: [...keys], issues: [] }),
      onIssues: (issues) => this.#local.report(issues),
      onProgress: () => this.#openWhenComplete(),
    });
  }

  #createFeed(feed: {
    readonly source: string;
    readonly cluster: string;
    readonly client: KubeClient;
    readonly kinds: Parameters<typeof createClusterFeed>[0]['kinds'];
    readonly onListed: () => void;
    readonly inherited?: ReadonlySet<string>;
  }): ClusterFeed {
    const { clock, random, quietMs, maxMs, metrics, log, onBatch } = this.#options;
    const { cluster, ...rest } = feed;
    return createClusterFeed({
      ...{ ...rest, clock, random, quietMs, maxMs, onBatch, times: this.#times() },
      observer: observeReflectors({ metrics, log, cluster }),
    });
  }

  #times() {
    return { auditMs: this.#options.resyncMs, absentMs: 10 * LOOK_FOR_TYPES_MS };
  }

  #lookForTypes(): void {
    this.#after(LOOK_FOR_TYPES_MS, () => {
      this.#local.wake();
      this.#remotes?.wake();
      this.#lookForTypes();
    });
  }

  #after(ms: number, fn: () => void): void {
    const timer = this.#options.clock.after(ms, () => {
      this.#timers.delete(timer);
      fn();
    });
    this.#timers.add(timer);
  }
}
