import type { Bus } from '@quintet/bus';
import { createLeaderElection, type KubeClient } from '@quintet/kube';
import type { Issue } from '@quintet/model';
import type { Clock, Component, Log, Random, ValuesOf } from '@quintet/runtime';
import type { GalleyMetrics } from '../metrics.ts';
import type { Entry } from '../store/entry.ts';
import type { SourceBatch } from '../store/source.ts';
import { createDistributionReader } from './distribution-reader.ts';
import type { STATUS_OPTIONS } from './options.ts';
import { createWriteBack, type WriteBack } from './write-back.ts';

export type StatusOptions = {
  readonly config: ValuesOf<typeof STATUS_OPTIONS> & { readonly deploymentNamespace: string };
  /** Present when Kubernetes is read. */
  readonly client: KubeClient | undefined;
  readonly bus: Bus;
  readonly entry: (key: string) => Entry | undefined;
  /** This replica: one of all writes. */
  readonly instance: string;
  readonly metrics: GalleyMetrics;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
};

/** What writes status, if anything does. */
export type Status = {
  /** In the order of their start. */
  readonly components: readonly Component[];
  /** To be called with every batch, after the store has taken it. */
  readonly taken: (batch: SourceBatch) => void;
  /** All that the analysis of the whole configuration has found. */
  readonly analysed: (issues: readonly Issue[]) => void;
};

/** The Lease by which one replica is chosen, in the namespace of galley. */
const LEASE = 'istio-galley-status';

/** Puts together what writes status: nothing without Kubernetes, or when a flag says so. */
export function createStatus(options: StatusOptions): Status {
  const { config, client, bus, entry, instance, metrics, clock, random } = options;
  if (client === undefined || !config.writeStatus)
    return { components: [], taken: () => undefined, analysed: () => undefined };
  const log = options.log.child({ component: 'status' });
  const distribution = createDistributionReader({
    ...{ bus, clock, random, log },
    onChange: (path) => writeBack.distributed(path),
  });
  const writeBack: WriteBack = createWriteBack({
    ...{ client, entry, distribution, metrics, clock, log },
    writesPerSecond: config.statusWritesPerSecond,
  });
  const election = createLeaderElection({
    ...{ client, clock, random, log },
    lease: { namespace: config.deploymentNamespace, name: LEASE },
    identity: instance,
    onLead: writeBack.lead,
  });
  return {
    components: [distribution, writeBack, election],
    taken: writeBack.taken,
    analysed: writeBack.analysed,
  };
}
