import { context, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { createContextManager } from './context-manager.ts';

export type TracingOptions = {
  readonly service: string;
  readonly version: string;
  /** Base URL of an OTLP receiver over HTTP, e.g. `http://collector:4318`; `/v1/traces` is added. */
  readonly endpoint: string;
};

/** How long the last spans may take to be sent when the process ends, milliseconds. */
const EXPORT_TIMEOUT_MS = 2_000;

/**
 * Has the spans of this process recorded and sent in batches. A receiver that is away costs the spans, nothing else.
 * To be called once; answers how the last ones are sent.
 */
export function startTracing({ service, version, endpoint }: TracingOptions): { stop(): Promise<void> } {
  const exporter = new OTLPTraceExporter({
    url: `${endpoint.replace(/\/+$/, '')}/v1/traces`,
    timeoutMillis: EXPORT_TIMEOUT_MS,
  });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': service, 'service.version': version }),
    spanProcessors: [new BatchSpanProcessor({ exporter })],
  });
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(createContextManager());
  return {
    async stop() {
      await provider.shutdown().catch(() => {});
      trace.disable();
      context.disable();
    },
  };
}
