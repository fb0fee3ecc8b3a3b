import type { IncomingHttpHeaders } from 'node:http';

/** Headers a service hands on so that a trace hangs together and routing can tell users apart. */
const FORWARDED = [
  'end-user',
  'x-request-id',
  'x-ot-span-context',
  'x-b3-traceid',
  'x-b3-spanid',
  'x-b3-parentspanid',
  'x-b3-sampled',
  'x-b3-flags',
  'b3',
  'traceparent',
  'tracestate',
  'user-agent',
] as const;

/** The headers of a request to a backend that belongs to an incoming request. */
export function forwardedHeaders(incoming: IncomingHttpHeaders): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const name of FORWARDED) {
    const value = incoming[name];
    if (typeof value === 'string') headers[name] = value;
  }
  return headers;
}
