import type { RequestAuthentication } from '@quintet/proto/istio/security/v1beta1/request_authentication_pb.js';
import type { ConfigObject } from '../config-object.ts';
import type { Finding } from '../finding.ts';
import { checkSelector } from './names.ts';
import { collect } from './report.ts';

/** Checks a RequestAuthentication. */
export function validateRequestAuthentication({
  spec,
}: ConfigObject<RequestAuthentication>): readonly Finding[] {
  return collect((report) => {
    checkSelector(spec.selector?.matchLabels ?? {}, 'spec.selector.matchLabels', report);
  });
}
