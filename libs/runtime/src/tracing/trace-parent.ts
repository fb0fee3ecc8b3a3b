import { isSpanContextValid, type SpanContext } from '@opentelemetry/api';

/** Name of the header that carries the caller's span (W3C Trace Context, level 1). */
export const TRACE_PARENT = 'traceparent';

/** The caller's span as its header says it; undefined when the header is none. */
export function parseTraceParent(header: string): SpanContext | undefined {
  const match = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/.exec(header);
  if (match === null) return undefined;
  const [, version, traceId = '', spanId = '', flags = '', rest] = match;
  // Version 00 has nothing more; later versions may; ff is not a version.
  if (version === 'ff' || (version === '00' && rest !== undefined)) return undefined;
  const context = { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1, isRemote: true };
  return isSpanContextValid(context) ? context : undefined;
}

/** The header for a span. */
export function formatTraceParent({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-${(traceFlags & 1).toString(16).padStart(2, '0')}`;
}
