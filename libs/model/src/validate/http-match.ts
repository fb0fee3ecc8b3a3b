import type { HTTPMatchRequest } from '@quintet/proto/istio/networking/v1alpha3/virtual_service_pb.js';
import { childPath } from '../decode/located.ts';
import { checkGateways } from './gateway-reference.ts';
import { checkHeaderName } from './http-headers.ts';
import { checkLabels } from './names.ts';
import type { Report } from './report.ts';
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
      } else checkHeaderName(name, entry, report);
      checkStringMatch(value, entry, report);
    }
  }
  if (match.port !== 0) checkPort(match.port, `${path}.port`, report);
  checkLabels(match.sourceLabels, `${path}.sourceLabels`, report);
  checkGateways(match.gateways, `${path}.gateways`, report);
}
