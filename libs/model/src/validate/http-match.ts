import type { HTTPMatchRequest } from '@quintet/proto/istio/networking/v1alpha3/virtual_service_pb.js';
import { childPath } from '../decode/located.ts';
import { checkGateways } from './gateway-reference.ts';
import { checkHeaderOrClaim } from './http-headers.ts';
import { checkLabels, isDnsLabel } from './names.ts';
import { type Report, shown } from './report.ts';
import { checkStringMatch } from './string-match.ts';
import { checkPort } from './values.ts';

/** Checks one match of an HTTP route. */
export function checkHttpMatch(match: HTTPMatchRequest, path: string, report: Report): void {
  for (const field of ['uri', 'scheme', 'method', 'authority'] as const) {
    checkStringMatch(match[field], `${path}.${field}`, report);
  }
  for (const field of ['headers', 'withoutHeaders', 'queryParams'] as const) {
    for (const [name, value] of Object.entries(match[field])) {
      const entry = childPath(`${path}.${field}`, name);
      if (field === 'queryParams') {
        if (name === '') report(entry, 'expected the name of a parameter, found an empty one');
      } else checkHeaderOrClaim(name, entry, report);
      checkStringMatch(value, entry, report);
    }
  }
  if (match.port !== 0) checkPort(match.port, `${path}.port`, report);
  checkLabels(match.sourceLabels, `${path}.sourceLabels`, report);
  checkGateways(match.gateways, `${path}.gateways`, report);
  if (match.sourceNamespace !== '' && !isDnsLabel(match.sourceNamespace))
    report(`${path}.sourceNamespace`, `expected a namespace, found ${shown(match.sourceNamespace)}`);
}

/** What a delegate matches is joined to this match: regular expressions cannot be. */
export function checkDelegatingMatch(match: HTTPMatchRequest, path: string, report: Report): void {
  const fields = ['uri', 'scheme', 'method', 'authority'] as const;
  for (const field of fields) {
    if (match[field]?.matchType.case === 'regex')
      report(`${path}.${field}.regex`, 'a route with delegate matches by exact or prefix, found regex');
  }
  for (const field of ['headers', 'withoutHeaders', 'queryParams'] as const) {
    for (const [name, value] of Object.entries(match[field])) {
      if (value.matchType.case === 'regex') {
        const entry = childPath(`${path}.${field}`, name);
        report(`${entry}.regex`, 'a route with delegate matches by exact or prefix, found regex');
      }
    }
  }
}
