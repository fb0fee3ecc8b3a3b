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
export type { ProxiedProbe } from './bootstrap/proxied-probe.ts';
export {
  type Decision,
  type DecisionReason,
  decide,
  type InjectionPolicy,
  isIgnoredNamespace,
} from './inject/decide.ts';
export { type InjectConfig, parseInjectConfig, type ReadInjectConfig } from './inject/inject-config.ts';
export { type Injection, type InjectionInput, injectPod } from './inject/inject-pod.ts';
export { type ReadSettings, readSettings } from './inject/inject-values.ts';
export { type Pod, type ReadPod, readPod } from './inject/pod.ts';
export type { InjectionSettings } from './inject/settings.ts';
export { workloadOf } from './inject/workload.ts';
export { applyPatch } from './json-patch/apply.ts';
export { diffJson } from './json-patch/diff.ts';
export { equalJson } from './json-patch/equal-json.ts';
export type { PatchOperation } from './json-patch/json-patch.ts';
export { formatNodeId, type NodeId, parseNodeId } from './node/node-id.ts';
export type { EnvoyNode, InterceptionMode, ProxyNode, ProxyType } from './node/proxy-node.ts';
export { nodeFromMetadata, type ReadNode } from './node/read-node.ts';
export { writeMetadata, writeNode } from './node/write-node.ts';
