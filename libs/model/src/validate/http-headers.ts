import type { HTTPRoute } from '@quintet/proto/istio/networking/v1alpha3/virtual_service_pb.js';
import { childPath } from '../decode/located.ts';
import { type Report, shown } from './report.ts';

/** A token of HTTP (RFC 9110), or a pseudo header. */
const HEADER_NAME = /^:?[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** The claims of a token, in the place of a header (later releases). */
const CLAIM = /^@request\.auth\.claims[.[]./;

/** Checks the name of a header. The classic API only asks that there is one; the proxy refuses line breaks. */
export function checkHeaderName(name: string, path: string, report: Report): void {
  if (HEADER_NAME.test(name)) return;
  const severity = name === '' || /[\r\n\0]/.test(name) ? 'error' : 'warning';
  report(path, `expected the name of a header, found ${shown(name)}`, severity);
}

/** Checks what a match may look at: a header, or a claim of the caller's token. */
export function checkHeaderOrClaim(name: string, path: string, report: Report): void {
  if (!CLAIM.test(name)) checkHeaderName(name, path, report);
}

type HeaderFields = Pick<
  HTTPRoute,
  | 'headers'
  | 'appendHeaders'
  | 'appendRequestHeaders'
  | 'appendResponseHeaders'
  | 'removeRequestHeaders'
  | 'removeResponseHeaders'
>;

/** Checks the header operations of a route or a destination, the deprecated ones too. */
export function checkHeaderMaps(fields: Partial<HeaderFields>, path: string, report: Report): void {
  for (const side of ['request', 'response'] as const) {
    const operations = fields.headers?.[side];
    if (operations === undefined) continue;
    for (const map of ['set', 'add'] as const)
      checkMap(operations[map], `${path}.headers.${side}.${map}`, report);
    checkList(operations.remove, `${path}.headers.${side}.remove`, report);
  }
  for (const map of ['appendHeaders', 'appendRequestHeaders', 'appendResponseHeaders'] as const) {
    checkMap(fields[map] ?? {}, `${path}.${map}`, report);
  }
  for (const list of ['removeRequestHeaders', 'removeResponseHeaders'] as const) {
    checkList(fields[list] ?? [], `${path}.${list}`, report);
  }
}

function checkMap(map: Readonly<Record<string, string>>, path: string, report: Report): void {
  for (const [name, value] of Object.entries(map)) {
    const entry = childPath(path, name);
    checkHeaderName(name, entry, report);
    if (/[\r\n\0]/.test(value)) report(entry, 'the value of a header is one line');
  }
}

function checkList(names: readonly string[], path: string, report: Report): void {
  for (const [index, name] of names.entries()) checkHeaderName(name, `${path}[${index}]`, report);
}
