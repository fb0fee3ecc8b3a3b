import type { JsonObject } from '@bufbuild/protobuf';
import type { KubeObject } from '../client/kube-object.ts';
import type { ResourceType } from '../client/resource-type.ts';
import { field, textOf } from '../json.ts';

export const LEASES: ResourceType = {
  group: 'coordination.k8s.io',
  version: 'v1',
  plural: 'leases',
  kind: 'Lease',
  scope: 'namespace',
};

/** What a Lease says. */
export type LeaseRecord = {
  /** Empty: nobody holds it. */
  readonly holder: string;
  readonly durationSeconds: number;
  /** When the holder renewed it, by the holder's clock; only compared with itself. */
  readonly renewTime: string;
  readonly transitions: number;
};

/** Reads a Lease; what is missing is empty. */
export function readLease({ json }: Pick<KubeObject, 'json'>): LeaseRecord {
  const spec = field(json, 'spec');
  const number = (key: string) => Number(field(spec, key) ?? 0);
  return {
    holder: textOf(spec, 'holderIdentity'),
    durationSeconds: number('leaseDurationSeconds'),
    renewTime: textOf(spec, 'renewTime'),
    transitions: number('leaseTransitions'),
  };
}

/** Spells a Lease that somebody holds, or has let go of. `now` is milliseconds since 1970. */
export function writeLease(options: {
  readonly name: string;
  readonly namespace: string;
  readonly resourceVersion?: string;
  readonly holder: string;
  readonly durationMs: number;
  readonly transitions: number;
  readonly now: number;
}): JsonObject {
  const { name, namespace, resourceVersion, holder, durationMs, transitions, now } = options;
  // MicroTime: six digits, where JavaScript has three.
  const time = new Date(now).toISOString().replace('Z', '000Z');
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name, namespace, ...(resourceVersion !== undefined && { resourceVersion }) },
    spec: {
      holderIdentity: holder,
      leaseDurationSeconds: Math.max(1, Math.ceil(durationMs / 1000)),
      leaseTransitions: transitions,
      renewTime: time,
      acquireTime: time,
    },
  };
}
