export {
  createManualClock,
  createMemoryLog,
  createTestCa,
  type LogLine,
  type ManualClock,
  type MemoryLog,
  type TestCa,
  type TestCertificateOptions,
} from '@quintet/runtime/testing';
export { type EventuallyOptions, eventually } from './eventually.ts';
export { ENVOY, findTool, NATS_SERVER, type ToolName } from './find-tool.ts';
export { freePort } from './free-port.ts';
export {
  type GoldenCase,
  type GoldenFiles,
  type GoldenOptions,
  type GoldenResult,
  golden,
  goldenCases,
  updatesGolden,
} from './golden.ts';
export { type NatsServer, type NatsServerOptions, startNatsServer } from './nats-server.ts';
export { fieldsInEffect, realisedFields } from './realised-fields.ts';
export { makeTempDir, type TempDir } from './temp-dir.ts';
export { createXdsClient, type XdsClient, type XdsClientOptions } from './xds-client.ts';
