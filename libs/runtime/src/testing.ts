export { createManualClock, type ManualClock } from './clock/manual-clock.ts';
export { createMemoryLog, type LogLine, type MemoryLog } from './log/memory-log.ts';
export { createTestCa, type TestCa, type TestCertificateOptions } from './testing/test-ca.ts';
