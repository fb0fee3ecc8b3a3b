export { compareByAge } from './age.ts';
export { type AnalyzeOptions, analyze, analyzeInSteps, sortIssues } from './analyze/analyze.ts';
export { type AnalysisFinding, type Analyzer, found } from './analyze/analyzer.ts';
export { ANALYZERS, ANALYZERS_OF_CHECKED } from './analyze/analyzers.ts';
export type { AnalysisWorld, AnalyzedObject } from './analyze/world/analysis-world.ts';
export { type AssembleOptions, assembleWorld, type WorldSource } from './analyze/world/assemble-world.ts';
export type { WorldIndex } from './analyze/world/world-index.ts';
export {
  CONTEXT_KEYS,
  CONTEXT_NAMESPACE,
  ENDPOINT_LABELS,
  REPORTER_KINDS,
  serviceUid,
  workloadUid,
} from './attributes.ts';
export { type CheckOptions, checkDocuments, checkJsonObject, validateObject } from './check.ts';
export type { ConfigObject } from './config-object.ts';
export { type ConfigObjectParts, makeConfigObject } from './config-object-make.ts';
export { type CustomResourceDefinition, customResourceDefinition } from './crd/definition.ts';
export { crdManifests } from './crd/manifests.ts';
export { cutDocuments, type DocumentText } from './decode/cut-documents.ts';
export {
  asDuplicate,
  type ParsedFile,
  type ParseOptions,
  parseDocuments,
  resourceKey,
} from './decode/documents.ts';
export { jsonToLocated } from './decode/json.ts';
export { DEFAULT_READ_LIMITS, type ReadLimits } from './decode/limits.ts';
export {
  childPath,
  type Located,
  type LocatedEntry,
  type LocatedList,
  type LocatedMap,
  type LocatedScalar,
} from './decode/located.ts';
export { type ParsedMeshConfig, parseMeshConfig } from './decode/mesh-config-file.ts';
export { type ParsedMeshConfigMap, parseMeshConfigMap } from './decode/mesh-config-map.ts';
export { type ParsedMeshNetworks, parseMeshNetworks } from './decode/mesh-networks-file.ts';
export { type Decoded, type DecodeOptions, decodeMessage } from './decode/message.ts';
export { decodeObjects, type ObjectOptions, type ParsedObject } from './decode/object.ts';
export { suggest } from './decode/suggest.ts';
export {
  type DurationValue,
  durationFromMillis,
  durationMillis,
  formatDuration,
  parseDuration,
} from './duration.ts';
export { type EncodeOptions, encodeMessage, encodeObject, encodeSpec } from './encode.ts';
export type { Finding } from './finding.ts';
export { formatIssue, issueText, originText } from './format-issue.ts';
export {
  compareHostSpecificity,
  DEFAULT_DOMAIN,
  gatewayRef,
  hostsOverlap,
  intersectHosts,
  isWildcardHost,
  MESH_GATEWAY,
  matchHost,
  mostSpecificHost,
  parseServiceHost,
  resolveHost,
} from './hosts.ts';
export { DEFAULT_TRUST_DOMAIN, parseSpiffeId, spiffeId, type WorkloadIdentity } from './identity.ts';
export { type IpAddress, type IpRange, isCidr, isIp, parseCidr, parseIp, rangeContains } from './ip.ts';
export type { Issue, Origin, ResourceRef, Severity } from './issue.ts';
export {
  fillTemplate,
  ISSUE_CODES,
  type IssueCode,
  type IssueCodeRow,
  isIssueCode,
  issueCodeRow,
} from './issue-codes.ts';
export { type IssueSubject, issueFromFinding } from './issue-from-finding.ts';
export { MESH_POLICY, POLICY } from './kinds/authentication.ts';
export { isOfSchema, type Kind, type KindOf } from './kinds/kind.ts';
export { configurationGroups, KINDS, kindByCollection, kindByName } from './kinds/kinds.ts';
export { MESH_CONFIG, MESH_CONFIG_NAME, MESH_NETWORKS, MESH_NETWORKS_NAME } from './kinds/mesh.ts';
export {
  ADAPTER,
  ATTRIBUTE_MANIFEST,
  HANDLER,
  INSTANCE,
  LEGACY_MIXER_KINDS,
  RULE,
  TEMPLATE,
} from './kinds/mixer.ts';
export {
  HTTP_API_SPEC,
  HTTP_API_SPEC_BINDING,
  QUOTA_SPEC,
  QUOTA_SPEC_BINDING,
} from './kinds/mixer-client.ts';
export {
  DESTINATION_RULE,
  ENVOY_FILTER,
  GATEWAY,
  SERVICE_ENTRY,
  SIDECAR,
  SYNTHETIC_SERVICE_ENTRY,
  VIRTUAL_SERVICE,
  WORKLOAD_ENTRY,
} from './kinds/networking.ts';
export { CLUSTER_RBAC_CONFIG, RBAC_CONFIG, SERVICE_ROLE, SERVICE_ROLE_BINDING } from './kinds/rbac.ts';
export { AUTHORIZATION_POLICY, PEER_AUTHENTICATION, REQUEST_AUTHENTICATION } from './kinds/security.ts';
export { type Labels, labelsMatch } from './labels.ts';
export { meshConfigWithDefaults } from './mesh-config.ts';
export type { NativeConfigMap, NativeSecret, SecretSpec } from './native/data.ts';
export {
  type DecodedNative,
  decodeNative,
  decodeNativeJson,
  type NativeDecodeOptions,
} from './native/decode-native.ts';
export type { EndpointSliceSpec, NativeEndpointSlice, SliceEndpoint } from './native/endpoint-slice.ts';
export type {
  EndpointAddress,
  EndpointPort,
  EndpointSubset,
  EndpointTarget,
  NativeEndpoints,
} from './native/endpoints.ts';
export type {
  IngressBackend,
  IngressPath,
  IngressRule,
  IngressSpec,
  IngressTls,
  NativeIngress,
  NativeIngressClass,
} from './native/ingress.ts';
export type { NativeMeta, OwnerReference } from './native/meta.ts';
export { NATIVE_KINDS, type NativeKindRow, nativeKindOf } from './native/native-kinds.ts';
export {
  type NativeChange,
  type NativeKind,
  type NativeObject,
  type NativeOf,
  nativeKey,
} from './native/native-object.ts';
export type { NativeNamespace, NativeNode, NodeAddress } from './native/node.ts';
export type {
  Container,
  ContainerPort,
  DeploymentSpec,
  NativeDeployment,
  NativePod,
  PodSpec,
  PodTemplateSpec,
} from './native/pod.ts';
export type { NativeService, NativeServicePort, ServiceSpec } from './native/service.ts';
export { workloadNameOf } from './native/workload-name.ts';
export {
  isHttp2Protocol,
  isHttpProtocol,
  isTcpProtocol,
  isTlsProtocol,
  parseProtocol,
  protocolOfPortName,
  protocolOfServicePort,
} from './port-protocol.ts';
export type { Protocol } from './protocol.ts';
export { mayRestrict, unrealisedRestrictions } from './realised/restrictions.ts';
export { type RealisationRow, realisationRows } from './realised/rows.ts';
export { unrealised } from './realised/unrealised.ts';
export type { Endpoint, Service, ServicePort } from './service.ts';
export { type ServiceOptions, serviceEntryToServices } from './service-entry.ts';
export { forgottenHosts } from './validate/delegates.ts';
export { createEnvoyValueCheck } from './validate/envoy-value.ts';
export { isLabelValue } from './validate/names.ts';
export { RELAXED_RULES, type RelaxedRule } from './validate/relaxed-rules.ts';
