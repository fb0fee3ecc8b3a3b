import { addressRange } from './address-range.ts';
import { tcpBody } from './bodies.ts';
import { ANY_CONNECTION } from './chains.ts';
import { type Asking, sourceAttributes } from './mixer.ts';
import { BLACK_HOLE, PASSTHROUGH, VIRTUAL_OUTBOUND } from './names.ts';
import type { ChainPlan, ListenerPlan } from './types.ts';

/** Connections to the workload's own addresses would come back to the proxy that opened them. */
export function loopGuard(asking: Asking): ChainPlan {
  return endingChain('own-addresses', {
    ...ANY_CONNECTION,
    destinationRanges: asking.scope.proxy.addresses.map(addressRange),
  });
}

/** For connections to places that are no service: on to where they were meant to go, or nowhere. */
export function otherConnections(asking: Asking): ChainPlan {
  const cluster = asking.scope.outbound === 'allow-any' ? PASSTHROUGH : BLACK_HOLE;
  return {
    name: `${VIRTUAL_OUTBOUND}-catchall-tcp`,
    match: ANY_CONNECTION,
    access: [],
    body: tcpBody({
      asking,
      statPrefix: cluster,
      targets: [{ cluster, weight: 100 }],
      attributes: { ...sourceAttributes(asking.scope), 'destination.service.name': cluster },
    }),
  };
}

/**
 * The listener that captured outbound connections reach first. One that was opened to its own port would go round in
 * the proxy until all its connections are used up; the first chain ends it.
 */
export function virtualOutbound(asking: Asking): ListenerPlan {
  const { proxy, mesh } = asking.scope;
  const port = mesh.ports.outbound;
  return {
    name: VIRTUAL_OUTBOUND,
    direction: 'outbound',
    bind: { kind: 'address', address: '0.0.0.0', port },
    bound: true,
    handsOver: true,
    restoresDestination: false,
    transparent: proxy.interceptionMode === 'TPROXY',
    detection: { tls: false, http: false, timeoutMs: mesh.detectionTimeoutMs, serverFirstPorts: [] },
    chains: [endingChain('own-port', { ...ANY_CONNECTION, destinationPort: port }), loopGuard(asking)],
    fallbackChain: otherConnections(asking),
    sources: asking.scope.sidecar ? [asking.scope.sidecar.source] : [],
  };
}

/** A chain whose connections end. */
export function endingChain(name: string, match: ChainPlan['match']): ChainPlan {
  return {
    name,
    match,
    access: [],
    body: {
      kind: 'tcp',
      statPrefix: BLACK_HOLE,
      targets: [{ cluster: BLACK_HOLE, weight: 100 }],
      idleTimeoutMs: 0,
    },
  };
}
