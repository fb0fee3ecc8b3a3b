import type { Service } from '@quintet/model';

/** A running instance of a workload, as far as telemetry and policy speak of it. */
export type WorkloadInstance = {
  readonly address: string;
  /** Name of the instance (pod), e.g. out of its uid. */
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly labels: Readonly<Record<string, string>>;
  /** SPIFFE id; empty when unknown. */
  readonly serviceAccount: string;
  readonly workloadName: string;
  readonly workloadNamespace: string;
};

/** Instances by address. */
export type InstanceIndex = ReadonlyMap<string, WorkloadInstance>;

/**
 * The instances behind services that are in the mesh. An address of several services is one instance; an entry that says
 * which workload it is counts more than one that does not.
 */
export function indexInstances(services: readonly Service[]): InstanceIndex {
  const index = new Map<string, WorkloadInstance>();
  for (const service of services) {
    for (const { address, labels, serviceAccount, workload } of service.endpoints) {
      const known = index.get(address);
      if (known !== undefined && (known.workloadName !== '' || workload.name === '')) continue;
      const namespace = workload.namespace === '' ? service.namespace : workload.namespace;
      index.set(address, {
        address,
        name: instanceName(workload),
        namespace,
        uid: workload.uid,
        labels,
        serviceAccount,
        workloadName: workload.name,
        workloadNamespace: namespace,
      });
    }
  }
  return index;
}

/** The name in a uid such as `kubernetes://reviews-v1-5d4f-x2x.default`. */
function instanceName({ uid, namespace }: Service['endpoints'][number]['workload']): string {
  const [, name = ''] = /^kubernetes:\/\/(.*)$/.exec(uid) ?? [];
  return name.endsWith(`.${namespace}`) ? name.slice(0, -namespace.length - 1) : name;
}
