import { accessPlans } from './access.ts';
import { tcpBody } from './bodies.ts';
import { endingChain } from './capture.ts';
import { ANY_CONNECTION } from './chains.ts';
import { inboundChains } from './inbound-chains.ts';
import { type InboundTarget, workloadAuthentication } from './inbound-targets.ts';
import { bindName, SERVER_FIRST_PORTS } from './listener-draft.ts';
import { type Asking, destinationAttributes } from './mixer.ts';
import { INBOUND_PASSTHROUGH, VIRTUAL_INBOUND } from './names.ts';
import type { Bind, ChainPlan, Detection, ListenerPlan } from './types.ts';

/** A peer of the mesh begins with TLS; one that says nothing for so long is taken for a plaintext server-first client. */
const DETECTION_TIMEOUT_MS = 1_000;

/** The inbound side of a sidecar: listeners that a Sidecar binds by itself, and the one for captured traffic. */
export function inboundListeners(asking: Asking, targets: readonly InboundTarget[]): readonly ListenerPlan[] {
  const bound = targets.flatMap((target) =>
    target.bind ? [boundListener(asking, target, target.bind)] : [],
  );
  if (asking.scope.proxy.interceptionMode === 'NONE') return bound;
  return [
    ...bound,
    virtualInbound(
      asking,
      targets.filter(({ bind }) => !bind),
    ),
  ];
}

function boundListener(asking: Asking, target: InboundTarget, bind: Bind): ListenerPlan {
  return {
    ...inboundParts([target]),
    name: bindName(bind),
    bind,
    restoresDestination: false,
    transparent: false,
    chains: inboundChains(asking, target),
    sources: listenerSources(asking, [target]),
  };
}

/**
 * All captured inbound traffic. Ports that nobody declared go on to the application, behind the same access rules; a
 * connection to the listener's own port would go round and is ended.
 */
function virtualInbound(asking: Asking, targets: readonly InboundTarget[]): ListenerPlan {
  const { proxy, mesh } = asking.scope;
  const port = mesh.ports.inbound;
  return {
    ...inboundParts(targets),
    name: VIRTUAL_INBOUND,
    bind: { kind: 'address', address: '0.0.0.0', port },
    restoresDestination: true,
    transparent: proxy.interceptionMode === 'TPROXY',
    chains: [
      endingChain('own-port', { ...ANY_CONNECTION, destinationPort: port }),
      ...targets.flatMap((target) => inboundChains(asking, target)),
    ],
    fallbackChain: passthrough(asking),
    sources: listenerSources(asking, targets),
  };
}

function inboundParts(
  targets: readonly InboundTarget[],
): Pick<ListenerPlan, 'direction' | 'bound' | 'handsOver' | 'detection'> {
  return { direction: 'inbound', bound: true, handsOver: false, detection: detectionOf(targets) };
}

function detectionOf(targets: readonly InboundTarget[]): Detection {
  const open = targets.filter(({ authentication }) => authentication.mutualTls === 'disabled');
  return {
    tls: open.length < targets.length,
    http: false,
    timeoutMs: DETECTION_TIMEOUT_MS,
    serverFirstPorts: open
      .map(({ listenPort }) => listenPort)
      .filter((port) => SERVER_FIRST_PORTS.includes(port)),
  };
}

function passthrough(asking: Asking): ChainPlan {
  return {
    name: `${VIRTUAL_INBOUND}-catchall-tcp`,
    match: ANY_CONNECTION,
    access: accessPlans(asking.scope, 'tcp', workloadAuthentication(asking.scope)),
    body: tcpBody({
      asking,
      statPrefix: INBOUND_PASSTHROUGH,
      targets: [{ cluster: INBOUND_PASSTHROUGH, weight: 100 }],
      attributes: destinationAttributes(asking.scope, 0),
    }),
  };
}

function listenerSources({ scope }: Asking, targets: readonly InboundTarget[]): readonly string[] {
  const sources = [
    ...targets.flatMap((target) => [...target.sources, ...target.authentication.sources]),
    ...scope.authorization.map(({ source }) => source),
  ];
  return [...new Set(sources)].toSorted();
}
