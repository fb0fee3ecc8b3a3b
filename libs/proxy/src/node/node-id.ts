import type { ProxyNode, ProxyType } from './proxy-node.ts';

/** The four parts of a node id `type~ip~name.namespace~domain`. */
export type NodeId = {
  readonly type: ProxyType;
  readonly address: string;
  readonly name: string;
  /** Empty when the third part has no dot. */
  readonly namespace: string;
  readonly domain: string;
};

/** Writes the node id of a proxy: `sidecar~10.0.0.2~reviews-v1-x.default~default.svc.cluster.local`. */
export function formatNodeId(
  node: Pick<ProxyNode, 'type' | 'addresses' | 'name' | 'namespace' | 'domain'>,
): string {
  return [node.type, node.addresses[0] ?? '', `${node.name}.${node.namespace}`, node.domain].join('~');
}

/**
 * Reads a node id. Undefined unless it has four parts and a known type. The name may hold dots: the namespace is
 * what follows the last one.
 */
export function parseNodeId(id: string): NodeId | undefined {
  const parts = id.split('~');
  const [type, address = '', instance = '', domain = ''] = parts;
  if (parts.length !== 4 || (type !== 'sidecar' && type !== 'router') || instance === '') return undefined;
  const dot = instance.lastIndexOf('.');
  const name = dot < 0 ? instance : instance.slice(0, dot);
  return { type, address, name, namespace: dot < 0 ? '' : instance.slice(dot + 1), domain };
}
