import {
  createDiscovery,
  createReflector,
  type KubeClient,
  type KubeObject,
  objectKey,
  type Reflector,
  type ReflectorTimes,
  type ResourceType,
} from '@quintet/kube';
import type { Issue } from '@quintet/model';
import { type Clock, errorText, type Log, type Random } from '@quintet/runtime';
import type { ClusterFeed } from './cluster-feed.ts';
import {
  type ClusterSecret,
  clusterIssue,
  type RemoteCluster,
  readClusters,
  remoteClusters,
} from './cluster-secrets.ts';

export type RemoteClustersOptions = {
  /** Of the local cluster. */
  readonly client: KubeClient;
  /** The namespace whose Secrets count. */
  readonly namespace: string;
  /** Makes the feed of a cluster; throws `MeshError` for a kubeconfig that cannot be used. */
  readonly createFeed: (cluster: RemoteCluster, more: FeedWiring) => ClusterFeed;
  /** What is different from before of a cluster that is gone. */
  readonly onGone: (id: string, keys: ReadonlySet<string>) => void;
  readonly onIssues: (issues: readonly Issue[]) => void;
  /** Called whenever a cluster may have been listed. */
  readonly onProgress: () => void;
  readonly clock: Clock;
  readonly random: Random;
  readonly times: Partial<ReflectorTimes>;
  readonly log: Log;
};

/** How a feed is told what it has to know of the others. */
export type FeedWiring = { readonly onListed: () => void; readonly inherited: ReadonlySet<string> };

/** The other clusters of the mesh. */
export type RemoteClusters = {
  start(): Promise<void>;
  stop(): Promise<void>;
  wake(): void;
  /** Whether the Secrets are known, and all clusters that they name have been listed. */
  settled(): boolean;
  /** What is not right, for readiness: a line for each cluster. */
  problems(): readonly string[];
};

const SECRETS: ResourceType = {
  group: '',
  version: 'v1',
  plural: 'secrets',
  kind: 'Secret',
  scope: 'namespace',
};
/** The label of Secrets with kubeconfigs, as in the classic mesh. */
const SELECTOR = 'istio/multiCluster=true';

type Running = { readonly kubeconfig: string; readonly feed: ClusterFeed; listed: boolean };

/** Follows the Secrets that name other clusters; starts, replaces and ends the feeds of those. */
export function createRemoteClusters(options: RemoteClustersOptions): RemoteClusters {
  return new Remotes(options);
}

class Remotes implements RemoteClusters {
  readonly #options: RemoteClustersOptions;
  readonly #reflector: Reflector;
  readonly #secrets = new Map<string, ClusterSecret>();
  readonly #running = new Map<string, Running>();
  /** One change after the other: a feed has ended before another takes its place. */
  #work: Promise<void> = Promise.resolve();
  #busy = 0;

  constructor(options: RemoteClustersOptions) {
    this.#options = options;
    const { client, clock, random, times, namespace, onProgress } = options;
    this.#reflector = createReflector<ClusterSecret>({
      ...{ client, discovery: createDiscovery({ client, clock }), clock, random, times },
      type: { ...SECRETS, versions: ['v1'] },
      selection: { namespace, labelSelector: SELECTOR },
      decode: (object: KubeObject) => ({
        key: objectKey(object),
        name: object.name,
        namespace,
        clusters: readClusters(object.json),
      }),
      onChange: ({ put, removed }) => {
        for (const { key, value } of put) this.#secrets.set(key, value);
        for (const key of removed) this.#secrets.delete(key);
        this.#reconcile();
      },
      onState: onProgress,
    });
  }

  start(): Promise<void> {
    return this.#reflector.start();
  }

  async stop(): Promise<void> {
    await this.#reflector.stop();
    await this.#work;
    await Promise.all([...this.#running.values()].map(({ feed }) => feed.stop()));
  }

  wake(): void {
    for (const { feed } of this.#running.values()) feed.wake();
  }

  settled(): boolean {
    if (this.#reflector.state().kind === 'starting' || this.#busy > 0) return false;
    return [...this.#running.values()].every(({ listed }) => listed);
  }

  problems(): readonly string[] {
    const state = this.#reflector.state();
    const ofClusters = [...this.#running].flatMap(([id, { feed }]) => {
      const { waiting, stale } = feed.state();
      const [first] = [...waiting, ...stale];
      return first === undefined ? [] : [`cluster ${id}: ${first}`];
    });
    return 'detail' in state ? [`Secrets of clusters: ${state.detail}`, ...ofClusters] : ofClusters;
  }

  #reconcile(): void {
    this.#busy += 1;
    this.#work = this.#work.then(async () => {
      const { clusters, issues } = remoteClusters([...this.#secrets.values()]);
      const refused: Issue[] = [];
      for (const id of [...this.#running.keys()]) if (!clusters.has(id)) await this.#end(id);
      for (const cluster of clusters.values()) {
        const issue = await this.#take(cluster);
        if (issue !== undefined) refused.push(issue);
      }
      this.#busy -= 1;
      this.#options.onIssues([...issues, ...refused]);
      this.#options.onProgress();
    });
  }

  /** Starts a cluster, or starts it anew with another kubeconfig: what it gave stays until the new one has answered. */
  async #take(cluster: RemoteCluster): Promise<Issue | undefined> {
    const { createFeed, onProgress, log } = this.#options;
    const before = this.#running.get(cluster.id);
    if (before?.kubeconfig === cluster.kubeconfig) return undefined;
    const onListed = () => {
      const running = this.#running.get(cluster.id);
      if (running !== undefined) running.listed = true;
      onProgress();
    };
    try {
      const feed = createFeed(cluster, { onListed, inherited: new Set(before?.feed.keys()) });
      await before?.feed.stop();
      this.#running.set(cluster.id, { kubeconfig: cluster.kubeconfig, feed, listed: false });
      feed.open();
      await feed.start();
      log.info({ cluster: cluster.id }, 'a remote cluster is read');
      return undefined;
    } catch (error) {
      // A cluster whose new kubeconfig is wrong goes on with the one before.
      return clusterIssue(cluster, errorText(error));
    }
  }

  async #end(id: string): Promise<void> {
    const running = this.#running.get(id);
    this.#running.delete(id);
    if (running === undefined) return;
    await running.feed.stop();
    this.#options.log.info({ cluster: id }, 'a remote cluster is read no longer');
    this.#options.onGone(id, running.feed.keys());
  }
}
