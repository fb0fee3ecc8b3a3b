import { status } from '@grpc/grpc-js';
import type { ServingOptions } from '../grpc/add-service.ts';
import { defineMetrics } from './define-metrics.ts';
import type { Metrics } from './metrics.ts';

/** Metrics of gRPC servers, with the names that operators know. */
export const GRPC_SERVER_METRICS = defineMetrics({
  handled: {
    name: 'grpc_server_handled_total',
    kind: 'counter',
    help: 'Total number of RPCs completed on the server, regardless of success or failure.',
    labels: ['grpc_service', 'grpc_method', 'grpc_code'],
  },
  seconds: {
    name: 'grpc_server_handling_seconds',
    kind: 'histogram',
    help: 'Response latency (seconds) of gRPC that had been application-level handled by the server.',
    labels: ['grpc_service', 'grpc_method'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  },
});

/** What a gRPC server calls for each call that has ended; one for all servers of a process. */
export function grpcCallRecorder(metrics: Metrics): NonNullable<ServingOptions['onCall']> {
  const { handled, seconds } = metrics.create(GRPC_SERVER_METRICS);
  return (call) => {
    const [, grpc_service = '', grpc_method = ''] = call.method.split('/');
    handled.add(1, { grpc_service, grpc_method, grpc_code: codeName(call.code) });
    seconds.record(call.seconds, { grpc_service, grpc_method });
  };
}

/** `DEADLINE_EXCEEDED` as `DeadlineExceeded`, the spelling of the classic label. */
function codeName(code: status): string {
  if (code === status.OK) return 'OK';
  return status[code]
    .toLowerCase()
    .replaceAll(/(^|_)([a-z])/g, (_, __, letter: string) => letter.toUpperCase());
}
