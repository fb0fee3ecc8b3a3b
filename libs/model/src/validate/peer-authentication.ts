import type { PeerAuthentication } from '@quintet/proto/istio/security/v1beta1/peer_authentication_pb.js';
import type { ConfigObject } from '../config-object.ts';
import type { Finding } from '../finding.ts';
import { checkSelector } from './names.ts';
import { collect } from './report.ts';

/** Checks a PeerAuthentication. */
export function validatePeerAuthentication({ spec }: ConfigObject<PeerAuthentication>): readonly Finding[] {
  return collect((report) => {
    checkSelector(spec.selector?.matchLabels ?? {}, 'spec.selector.matchLabels', report);
  });
}
