import type { PeerAuthentication } from '@quintet/proto/istio/security/v1beta1/peer_authentication_pb.js';
import type { ConfigObject } from '../config-object.ts';
import { childPath } from '../decode/located.ts';
import type { Finding } from '../finding.ts';
import { checkSelector } from './names.ts';
import { collect } from './report.ts';
import { checkPort } from './values.ts';

/** Checks a PeerAuthentication. Ports are those of selected workloads: without a selector there are none to name. */
export function validatePeerAuthentication({ spec }: ConfigObject<PeerAuthentication>): readonly Finding[] {
  return collect((report) => {
    const labels = spec.selector?.matchLabels ?? {};
    checkSelector(labels, 'spec.selector.matchLabels', report);
    const ports = Object.keys(spec.portLevelMtls);
    if (ports.length > 0 && Object.keys(labels).length === 0)
      report('spec.portLevelMtls', 'ports need a selector of workloads: expected spec.selector.matchLabels');
    for (const port of ports) checkPort(Number(port), childPath('spec.portLevelMtls', port), report);
  });
}
