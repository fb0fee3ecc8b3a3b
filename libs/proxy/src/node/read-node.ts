import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import { isIp } from '@quintet/model';
import { type NodeId, parseNodeId } from './node-id.ts';
import type { EnvoyNode, InterceptionMode, ProxyNode } from './proxy-node.ts';

/** A proxy, or everything that is wrong with its description, one sentence each. */
export type ReadNode =
  | { readonly ok: true; readonly proxy: ProxyNode }
  | { readonly ok: false; readonly problems: readonly string[] };

/**
 * Reads what a proxy says about itself. The description is a claim: whoever acts on it compares namespace,
 * configuration namespace and service account with the certificate of the connection first.
 */
export function nodeFromMetadata(node: EnvoyNode): ReadNode {
  const id = parseNodeId(node.id);
  if (id === undefined) {
    const problem = `node id "${clip(node.id)}" is not (sidecar|router)~<ip>~<name>.<namespace>~<domain>`;
    return { ok: false, problems: [problem] };
  }
  const fields = fieldReader(node.metadata ?? {});
  const proxy = readProxy(id, node, fields);
  return fields.problems.length === 0
    ? { ok: true, proxy }
    : { ok: false, problems: [...fields.problems].sort() };
}

function readProxy(id: NodeId, node: EnvoyNode, fields: FieldReader): ProxyNode {
  const claimed = fields.text('NAMESPACE');
  if (claimed !== '' && id.namespace !== '' && claimed !== id.namespace) {
    fields.problems.push(`the node id names namespace "${id.namespace}", metadata NAMESPACE "${claimed}"`);
  }
  const domainNamespace = id.domain.split('.')[0] ?? '';
  const namespace = claimed || id.namespace || domainNamespace;
  return {
    type: id.type,
    addresses: readAddresses(id, fields),
    name: id.name,
    namespace,
    configNamespace: fields.text('CONFIG_NAMESPACE') || domainNamespace || namespace,
    domain: id.domain,
    labels: fields.labels('LABELS'),
    serviceAccount: fields.text('SERVICE_ACCOUNT'),
    workloadName: fields.text('WORKLOAD_NAME') || id.name,
    interceptionMode: readInterceptionMode(fields),
    meshId: fields.text('MESH_ID'),
    clusterId: fields.text('CLUSTER_ID'),
    network: fields.text('NETWORK'),
    locality: readLocality(node, fields),
    version: fields.text('ISTIO_VERSION'),
    metadata: node.metadata ?? {},
  };
}

function readAddresses(id: NodeId, fields: FieldReader): string[] {
  const listed = fields
    .text('INSTANCE_IPS')
    .split(',')
    .map((address) => address.trim())
    .filter((address) => address !== '');
  const addresses = listed.length > 0 ? listed : [id.address];
  for (const address of addresses.filter((one) => !isIp(one))) {
    fields.problems.push(`"${clip(address)}" is not an IP address`);
  }
  return addresses;
}

const INTERCEPTION_MODES: readonly InterceptionMode[] = ['REDIRECT', 'TPROXY', 'NONE'];

function readInterceptionMode(fields: FieldReader): InterceptionMode {
  const text = fields.text('INTERCEPTION_MODE');
  if (text === '') return 'REDIRECT';
  const mode = INTERCEPTION_MODES.find((one) => one === text);
  if (mode === undefined) {
    fields.problems.push(
      `metadata INTERCEPTION_MODE is "${clip(text)}", expected ${INTERCEPTION_MODES.join(', ')}`,
    );
  }
  return mode ?? 'REDIRECT';
}

/** The proxy's own locality wins over the label; a locality label writes dots for slashes. */
function readLocality({ locality }: EnvoyNode, fields: FieldReader): string {
  if (locality !== undefined && locality.region !== '') {
    const { region, zone, subZone } = locality;
    return [region, zone, subZone].join('/').replace(/\/+$/, '');
  }
  const label = fields.text('istio-locality');
  return label.includes('/') ? label : label.replaceAll('.', '/');
}

type FieldReader = {
  /** Filled by the readers, one sentence each. */
  readonly problems: string[];
  /** A string; empty when absent. */
  text(key: string): string;
  /** An object of strings; empty when absent. */
  labels(key: string): Record<string, string>;
};

function fieldReader(metadata: JsonObject): FieldReader {
  const problems: string[] = [];
  return {
    problems,
    text(key) {
      const value = metadata[key];
      if (value === undefined || value === null) return '';
      if (typeof value === 'string') return value;
      problems.push(`metadata ${key} is ${kindOf(value)}, expected a string`);
      return '';
    },
    labels(key) {
      const value = metadata[key];
      if (value === undefined || value === null) return {};
      if (typeof value !== 'object' || Array.isArray(value)) {
        problems.push(`metadata ${key} is ${kindOf(value)}, expected an object of strings`);
        return {};
      }
      const entries = Object.entries(value).filter((entry): entry is [string, string] => {
        const fits = typeof entry[1] === 'string';
        if (!fits)
          problems.push(`metadata ${key}["${clip(entry[0])}"] is ${kindOf(entry[1])}, expected a string`);
        return fits;
      });
      return Object.fromEntries(entries);
    },
  };
}

function kindOf(value: JsonValue): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** What a stranger sent is shown, but not at any length. */
function clip(text: string): string {
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}
