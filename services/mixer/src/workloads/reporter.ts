import { parseSpiffeId } from '@quintet/model';
import type { InstanceIndex, WorkloadInstance } from './instances.ts';

/** A proxy as it names itself: `type~address~name.namespace~domain` and its metadata. */
export type ProxyNode = {
  readonly address: string;
  readonly name: string;
  readonly namespace: string;
  readonly workloadName: string;
  readonly labels: Readonly<Record<string, string>>;
};

/** Reads the node id and metadata of an Envoy; undefined when the id has another form. */
export function parseProxyNode(
  id: string,
  metadata: Readonly<Record<string, unknown>>,
): ProxyNode | undefined {
  const [type, address, fullName, domain, ...rest] = id.split('~');
  if (type === undefined || address === undefined || fullName === undefined) return undefined;
  if (domain === undefined || rest.length > 0) return undefined;
  const dot = fullName.lastIndexOf('.');
  if (dot <= 0) return undefined;
  return {
    address,
    name: fullName.slice(0, dot),
    namespace: fullName.slice(dot + 1),
    workloadName: textIn(metadata, 'WORKLOAD_NAME'),
    labels: stringsIn(metadata.LABELS),
  };
}

/** Who reports, once its certificate and its node id were found to agree; or why they do not. */
export type Reporter =
  | { readonly accepted: true; readonly instance: WorkloadInstance }
  | { readonly accepted: false; readonly reason: string };

/**
 * Judges a reporter: its certificate's namespace must be its node's, and the instance known at the node's address, if
 * any, must run under its certificate's service account. Callers without certificate exist only on a port that asks for
 * none, and are believed.
 */
export function judgeReporter(
  node: ProxyNode,
  spiffeId: string | undefined,
  instances: InstanceIndex,
): Reporter {
  const known = instances.get(node.address);
  if (spiffeId !== undefined) {
    const identity = parseSpiffeId(spiffeId);
    if (identity === undefined) return { accepted: false, reason: `${spiffeId} is no workload identity` };
    if (identity.namespace !== node.namespace) {
      return {
        accepted: false,
        reason: `${spiffeId} does not speak for a node of namespace ${node.namespace}`,
      };
    }
    if (known !== undefined && known.serviceAccount !== '' && known.serviceAccount !== spiffeId) {
      return {
        accepted: false,
        reason: `${spiffeId} does not speak for ${node.address}, which runs as ${known.serviceAccount}`,
      };
    }
  }
  return { accepted: true, instance: reporterInstance(node, spiffeId ?? known?.serviceAccount ?? '', known) };
}

/** What configuration knows of the address counts; the node fills in what it does not say. */
function reporterInstance(
  node: ProxyNode,
  serviceAccount: string,
  known: WorkloadInstance | undefined,
): WorkloadInstance {
  const base: WorkloadInstance = {
    address: node.address,
    name: node.name,
    namespace: node.namespace,
    uid: `kubernetes://${node.name}.${node.namespace}`,
    labels: node.labels,
    serviceAccount,
    workloadName: node.workloadName === '' ? node.name : node.workloadName,
    workloadNamespace: node.namespace,
  };
  if (known === undefined || known.workloadName === '') return base;
  return {
    ...base,
    labels: known.labels,
    workloadName: known.workloadName,
    workloadNamespace: known.workloadNamespace,
  };
}

function textIn(metadata: Readonly<Record<string, unknown>>, key: string): string {
  const value = Object.hasOwn(metadata, key) ? metadata[key] : undefined;
  return typeof value === 'string' ? value : '';
}

function stringsIn(value: unknown): Readonly<Record<string, string>> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
  );
}
