import { parseIp, stringMapOf, type Value } from '@quintet/expr';
import { parseSpiffeId } from '@quintet/model';
import type { WorkloadInstance } from './instances.ts';

/** The side of a request that a workload is on. */
export type Side = 'source' | 'destination';

/** What an attribute of a side is, by its name after the dot. */
const FIELDS: ReadonlyMap<string, (instance: WorkloadInstance) => Value | undefined> = new Map<
  string,
  (instance: WorkloadInstance) => Value | undefined
>([
  ['ip', ({ address }) => parseIp(address)],
  ['uid', ({ uid }) => text(uid)],
  ['name', ({ name }) => text(name)],
  ['namespace', ({ namespace }) => text(namespace)],
  ['labels', ({ labels }) => stringMapOf(labels)],
  ['serviceAccount', ({ serviceAccount }) => text(parseSpiffeId(serviceAccount)?.serviceAccount ?? '')],
  ['workload.name', ({ workloadName }) => text(workloadName)],
  [
    'workload.namespace',
    ({ workloadName, workloadNamespace }) => text(workloadName === '' ? '' : workloadNamespace),
  ],
  [
    'workload.uid',
    ({ workloadName: name, workloadNamespace: home }) =>
      text(name === '' ? '' : `kubernetes://apis/apps/v1/namespaces/${home}/deployments/${name}`),
  ],
  [
    'owner',
    ({ workloadName: name, workloadNamespace: home }) =>
      text(name === '' ? '' : `kubernetes://apis/apps/v1/namespaces/${home}/deployments/${name}`),
  ],
]);

/** The attributes of a side that an instance answers, by their full names. */
export function workloadAttributes(
  side: Side,
): ReadonlyMap<string, (instance: WorkloadInstance) => Value | undefined> {
  return new Map([...FIELDS].map(([name, read]) => [`${side}.${name}`, read]));
}

function text(value: string): string | undefined {
  return value === '' ? undefined : value;
}

/**
 * The instance at the other end of a connection, believed only when its service account is the one of the certificate
 * that the other end showed.
 */
export function provenPeer(
  instance: WorkloadInstance | undefined,
  peer: string | undefined,
): WorkloadInstance | undefined {
  if (instance === undefined || peer === undefined || instance.serviceAccount !== peer) return undefined;
  return instance;
}
