export { bootstrap } from './bootstrap/bootstrap.ts';
export {
  ADMIN_CLUSTER,
  type BootstrapOptions,
  CERTIFICATE_SECRET,
  type Discovery,
  ROOT_SECRET,
  SDS_CLUSTER,
  type SecretSource,
  type SocketPlace,
  type StatsInclusion,
  TOKEN_SECRET,
  XDS_CLUSTER,
} from './bootstrap/bootstrap-options.ts';
export { formatNodeId, type NodeId, parseNodeId } from './node/node-id.ts';
export type { EnvoyNode, InterceptionMode, ProxyNode, ProxyType } from './node/proxy-node.ts';
export { nodeFromMetadata, type ReadNode } from './node/read-node.ts';
export { writeMetadata, writeNode } from './node/write-node.ts';
