import type { Options } from '../config/option.ts';
import { LOG_LEVELS } from '../log/log.ts';
import { classicLogLevel } from './classic-log-level.ts';

/** Options that every service has besides its own. */
export const SERVICE_OPTIONS = {
  logLevel: {
    type: 'enum',
    flag: 'log_output_level',
    env: 'QUINTET_LOG_LEVEL',
    values: LOG_LEVELS,
    default: 'info',
    pick: classicLogLevel,
    description: 'lowest level of log lines that are written',
  },
  adminAddress: {
    type: 'string',
    flag: 'admin-address',
    aliases: ['monitoringAddr', 'monitoringPort', 'monitoring-port'],
    default: '0.0.0.0:15014',
    description: 'address, or just the port, of health, metrics, version and debug pages',
  },
  debugTokenFile: {
    type: 'string',
    flag: 'debug-token-file',
    description: 'file with the bearer token of the debug pages; without it they are shown to nobody',
  },
  otlpEndpoint: {
    type: 'string',
    flag: 'otlp-endpoint',
    env: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    description:
      'where traces are sent by OTLP over HTTP, e.g. http://collector:4318; none are made without it',
  },
  shutdownTimeout: {
    type: 'duration',
    flag: 'shutdown-timeout',
    default: '4s',
    description: 'time for streams and components to end after SIGTERM',
  },
} as const satisfies Options;
