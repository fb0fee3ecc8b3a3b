import type { InstanceIndex, WorkloadInstance } from './instances.ts';

/**
 * Who is at an address: the instances of configuration, and besides them proxies that report and whose certificate was
 * found to agree with what they say of themselves (workloads without a service are known in no other way).
 */
export type Directory = {
  at(address: string): WorkloadInstance | undefined;
  /** The instance of a uid such as `kubernetes://reviews-v1.default`. */
  named(uid: string): WorkloadInstance | undefined;
  /** The instances of configuration alone. */
  configured(): InstanceIndex;
  replace(instances: InstanceIndex): void;
  /** Adds a reporter as long as its stream lives; the result takes it out again. */
  introduce(reporter: WorkloadInstance): () => void;
};

/** An empty directory. */
export function createDirectory(): Directory {
  let configured: InstanceIndex = new Map();
  let byUid: ReadonlyMap<string, WorkloadInstance> = new Map();
  const reporters = new Map<string, Set<WorkloadInstance>>();
  return {
    at: (address) => {
      const known = configured.get(address);
      if (known !== undefined && known.workloadName !== '') return known;
      return reporters.get(address)?.values().next().value ?? known;
    },
    named: (uid) => byUid.get(uid),
    configured: () => configured,
    replace: (instances) => {
      configured = instances;
      byUid = new Map([...instances.values()].map((instance) => [instance.uid, instance]));
    },
    introduce: (reporter) => {
      const there = reporters.get(reporter.address) ?? new Set();
      reporters.set(reporter.address, there.add(reporter));
      return () => {
        there.delete(reporter);
        if (there.size === 0 && reporters.get(reporter.address) === there) reporters.delete(reporter.address);
      };
    },
  };
}
