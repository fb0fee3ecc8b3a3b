import type { Metadata } from '@grpc/grpc-js';
import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { errorText } from '../errors/mesh-error.ts';
import { formatTraceParent, parseTraceParent, TRACE_PARENT } from './trace-parent.ts';

export type SpanOptions = {
  /** `/package.Service/Method`. */
  readonly method: string;
  readonly kind: 'server' | 'client';
  /** A server's span continues the caller's, a client's goes along with the call. */
  readonly metadata: Metadata;
};

/** Does the work of a call within a span; nothing is recorded and little is done where tracing is off. */
export async function inSpan<T>({ method, kind, metadata }: SpanOptions, work: () => Promise<T>): Promise<T> {
  const [header] = kind === 'server' ? metadata.get(TRACE_PARENT) : [];
  const caller = header === undefined ? undefined : parseTraceParent(String(header));
  const parent = caller === undefined ? context.active() : trace.setSpanContext(context.active(), caller);
  const span = trace
    .getTracer('quintet')
    .startSpan(
      method.slice(1),
      { kind: kind === 'server' ? SpanKind.SERVER : SpanKind.CLIENT, attributes: { 'rpc.system': 'grpc' } },
      parent,
    );
  if (kind === 'client' && span.isRecording())
    metadata.set(TRACE_PARENT, formatTraceParent(span.spanContext()));
  try {
    return await context.with(trace.setSpan(parent, span), work);
  } catch (error) {
    span.setStatus({ code: SpanStatusCode.ERROR, message: errorText(error) });
    throw error;
  } finally {
    span.end();
  }
}
