import type { KnownFile } from '@quintet/files';
import { checkReadable } from '@quintet/files';
import { type ClusterAccess, inClusterAccess, kubeconfigAccess } from '@quintet/kube';
import type { ConfigObject } from '@quintet/model';
import {
  type Clock,
  type Log,
  MeshError,
  type Random,
  type ServiceIdentity,
  type ValuesOf,
} from '@quintet/runtime';
import type { CONFIG } from '../config.ts';
import type { GalleyMetrics } from '../metrics.ts';
import type { ObjectCheck } from '../object-check/object-check.ts';
import type { Source, SourceOptions } from '../store/source.ts';
import { debounceObserver } from './debounce-observer.ts';
import { createFileSources } from './files/file-sources.ts';
import { createKubeSource, type KubeSource } from './kube/kube-source.ts';
import { createMcpSourceOf } from './mcp/create-source.ts';

export type SourcesOptions = SourceOptions & {
  readonly config: ValuesOf<(typeof CONFIG)['options']>;
  readonly lastGood: readonly ConfigObject[];
  readonly identity: ServiceIdentity | undefined;
  /** Checks of single objects besides those of their kind. */
  readonly alsoCheck: ObjectCheck;
  readonly metrics: GalleyMetrics;
  readonly version: string;
  readonly instance: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
};

/** Where galley reads from. */
export type Sources = {
  /** In the order of precedence. */
  readonly all: readonly Source[];
  /** Present when Kubernetes is one of them. */
  readonly kube: KubeSource | undefined;
  /** The files that were read, by path. */
  readonly files: () => Iterable<readonly [string, KnownFile]>;
};

/**
 * The sources that the flags ask for: the files of `--configPath`, Kubernetes (by `--kubeconfig`, or in a pod unless there
 * is a `--configPath`), another galley. Of an object that several have, the one of the first counts. Throws when there is
 * none, and when the flags contradict each other.
 */
export async function createSources(options: SourcesOptions): Promise<Sources> {
  const { config, identity, instance, onBatch, clock, random, log, metrics, alsoCheck } = options;
  const { mesh, files } = await createFileSources(options);
  const access = await clusterAccess(config, clock);
  const kube = access === undefined ? undefined : kubeSource(access, options);
  const mcp = createMcpSourceOf({
    ...{ config, identity, instance, onBatch, clock, random },
    ...{ quietMs: config.quietPeriod, maxMs: config.maxWait, alsoCheck },
    log: log.child({ component: 'mcp-source' }),
    debounceObserver: debounceObserver(metrics),
    observer: { disconnected: () => metrics.mcpReconnections.add(1) },
  });
  const all = [files, kube, mcp].filter((source) => source !== undefined);
  if (all.length === 0) {
    const expected = 'expected --configPath, --kubeconfig or --mcp-source-address';
    throw new MeshError('invalid_argument', `no configuration: ${expected}`);
  }
  return { all: [mesh, ...all], kube, files: () => [...mesh.files, ...(files?.files ?? [])] };
}

async function clusterAccess(
  config: SourcesOptions['config'],
  clock: Clock,
): Promise<ClusterAccess | undefined> {
  if (config.kubeconfig !== undefined) {
    await checkReadable('--kubeconfig', [config.kubeconfig]);
    return kubeconfigAccess(config.kubeconfig, { clock });
  }
  const { kubernetesServiceHost: host, kubernetesServicePort: port } = config;
  if (host === undefined || config.configPath.length > 0 || config.mcpSourceAddress !== undefined)
    return undefined;
  const env = { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port };
  return inClusterAccess({ env, clock });
}

function kubeSource(access: ClusterAccess, options: SourcesOptions): KubeSource {
  const { config, onBatch, clock, random, metrics, log, version, alsoCheck } = options;
  return createKubeSource({
    ...{ access, onBatch, clock, random, metrics },
    log: log.child({ component: 'kube' }),
    userAgent: `quintet-galley/${version}`,
    serviceDiscovery: config.enableServiceDiscovery,
    analysis: config.enableAnalysis,
    excluded: config.excludedResourceKinds,
    deploymentNamespace: config.deploymentNamespace,
    remoteClusterWaitMs: config.remoteClusterWait,
    resyncMs: config.resyncPeriod,
    quietMs: config.quietPeriod,
    maxMs: config.maxWait,
    alsoCheck,
  });
}
