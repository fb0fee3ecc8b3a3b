export {
  type AdminOptions,
  createAdminServer,
  type DebugPage,
  type DebugRequest,
  requireToken,
  type VersionInfo,
} from './admin/admin-server.ts';
export { type Backoff, type BackoffOptions, createBackoff, type Random } from './clock/backoff.ts';
export { type Clock, sleep, systemClock, type Timer } from './clock/clock.ts';
export {
  CLASSIC_SERVER_FLAGS,
  type ClassicFlag,
  type ClassicFlags,
  fixedSwitch,
  idleFlag,
  idleSwitch,
  refusedFlag,
} from './config/classic-flags.ts';
export {
  type ConfigDefinition,
  type ConfigOf,
  type ConfigResult,
  type ConfigSchema,
  defineConfig,
  extendConfig,
} from './config/define-config.ts';
export { formatDuration, parseDuration, parseSize } from './config/duration.ts';
export type { Option, Options, ValuesOf } from './config/option.ts';
export type { OptionRow } from './config/option-table.ts';
export { errorText, MeshError, type MeshErrorCode, type MeshErrorOptions } from './errors/mesh-error.ts';
export {
  ensurePrivateDirectory,
  fileExists,
  readPrivateFile,
  readTextFile,
  writeFileAtomically,
} from './files/private-files.ts';
export { addService, type ServiceOptions, type ServingOptions } from './grpc/add-service.ts';
export { grpcTarget } from './grpc/address.ts';
export { type Channel, type ChannelOptions, createChannel, createClient } from './grpc/client.ts';
export { createQueue, type Queue } from './grpc/queue.ts';
export { createGrpcServer, type GrpcServer, type GrpcServerOptions, grpcStatus } from './grpc/server.ts';
export type {
  CallContext,
  CallOptions,
  Encoded,
  Handler,
  ServiceClient,
  ServiceImpl,
} from './grpc/service-types.ts';
export {
  type HealthCheck,
  type HealthReport,
  type HealthResult,
  type HealthState,
  reportHealth,
} from './health/health.ts';
export { createProbeFile, type ProbeFileOptions } from './health/probe-file.ts';
export { bearerToken, equalSecrets } from './http/bearer.ts';
export {
  createHttpServer,
  type HttpLimits,
  type HttpServer,
  type HttpServerOptions,
  hostPort,
} from './http/http-server.ts';
export { createRateLimit, type RateLimit } from './http/rate-limit.ts';
export {
  type CertificateHolder,
  type CertificateSlot,
  createCertificateSlot,
} from './identity/certificate-holder.ts';
export { type Certificates, type CertificateTexts, checkCertificates } from './identity/certificates.ts';
export {
  createServiceIdentity,
  IDENTITY_OPTIONS,
  type ServiceIdentityOptions,
} from './identity/identity-options.ts';
export {
  type CertificateRequest,
  type CitadelOptions,
  renewalDelay,
  requestCertificate,
} from './identity/request-certificate.ts';
export {
  createStaticIdentity,
  type ServiceIdentity,
  type StaticIdentity,
} from './identity/service-identity.ts';
export { type WatchOptions, watchDirectory } from './identity/watch-directory.ts';
export { createFailureLog, type FailureLog, type FailureLogOptions } from './log/failure-log.ts';
export { createLog, type Log, type LogFields, type LogLevel, silentLog } from './log/log.ts';
export {
  defineMetrics,
  type MetricDeclaration,
  type MetricDeclarations,
  metricLines,
} from './metrics/define-metrics.ts';
export { GRPC_SERVER_METRICS, grpcCallRecorder } from './metrics/grpc-metrics.ts';
export { createMetrics, type Instrument, type Instruments, type Metrics } from './metrics/metrics.ts';
export { PROMETHEUS_CONTENT_TYPE } from './metrics/prometheus-text.ts';
export { RUNTIME_METRICS } from './metrics/runtime-metrics.ts';
export type { Component } from './service/component.ts';
export { limitHeapGrowth } from './service/heap-growth.ts';
export { EXIT } from './service/process-events.ts';
export { type RunOptions, type RunResult, runComponents } from './service/run-components.ts';
export {
  type App,
  runService,
  type ServiceDefinition,
  type ServiceEnv,
  type ServiceOptionValues,
} from './service/run-service.ts';
export { SERVICE_OPTIONS } from './service/service-options.ts';
export { STARTER_DESCRIPTOR } from './service/watch-starter.ts';
export { type AllowList, createAllowList } from './tls/allow-list.ts';
export { type CertificateFilesOptions, createCertificateFiles } from './tls/certificate-files.ts';
export { type FollowOptions, followCertificate } from './tls/follow-certificate.ts';
export {
  type ClientCertificateMode,
  channelCredentials,
  peerCheck,
  serverCredentials,
} from './tls/grpc-credentials.ts';
export { identityOfCertificate, type PeerIdentity } from './tls/peer-identity.ts';
export {
  certificateOfIdentity,
  type ServerCertificate,
  type ServerCertificateSource,
} from './tls/server-certificate.ts';
