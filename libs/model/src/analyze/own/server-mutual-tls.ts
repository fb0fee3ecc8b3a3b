import {
  MutualTls_Mode,
  type Policy,
  type TargetSelector,
} from '@quintet/proto/istio/authentication/v1alpha1/policy_pb.js';
import {
  type PeerAuthentication,
  type PeerAuthentication_MutualTLS,
  PeerAuthentication_MutualTLS_Mode,
} from '@quintet/proto/istio/security/v1beta1/peer_authentication_pb.js';
import type { ConfigObject } from '../../config-object.ts';
import { resolveHost } from '../../hosts.ts';
import { MESH_POLICY, POLICY } from '../../kinds/authentication.ts';
import { PEER_AUTHENTICATION } from '../../kinds/security.ts';
import { labelsMatch } from '../../labels.ts';
import type { KnownPort, KnownService } from '../world/known-services.ts';
import { pickByAge } from '../world/pick-kind.ts';
import type { WorldIndex } from '../world/world-index.ts';

/** The object that makes a port of a service accept mutual TLS only. */
export type StrictBy = ConfigObject<Policy> | ConfigObject<PeerAuthentication>;

/** Who makes a port strict; undefined for ports that take plaintext, too. */
export type FindStrict = (service: KnownService, port: KnownPort) => StrictBy | undefined;

type Mode = 'strict' | 'open';
type Verdict = { readonly mode: Mode; readonly by: StrictBy };

/**
 * Prepares the question who makes a port strict. A PeerAuthentication comes before the classic policies; among each of
 * them the narrower comes first: of the workload or service (and of the port), of the namespace, of the mesh.
 */
export function strictFinder(index: WorldIndex): FindStrict {
  const { world } = index;
  const peers = pickByAge(world.objects, PEER_AUTHENTICATION);
  const policies = pickByAge(world.objects, POLICY);
  const meshPolicies = pickByAge(world.objects, MESH_POLICY);
  return (service, port) => {
    const verdict =
      ofPeers(peers, { service, port, index }) ??
      ofPolicies(policies, { service, port, domain: world.domain }) ??
      meshPolicies.map(verdictOfPolicy)[0];
    return verdict?.mode === 'strict' ? verdict.by : undefined;
  };
}

type PeerQuery = { readonly service: KnownService; readonly port: KnownPort; readonly index: WorldIndex };

function ofPeers(peers: readonly ConfigObject<PeerAuthentication>[], query: PeerQuery): Verdict | undefined {
  const { service, index } = query;
  const root = index.world.meshConfig.rootNamespace;
  const general = peers.filter(({ spec }) => Object.keys(spec.selector?.matchLabels ?? {}).length === 0);
  const lists = [
    peers.filter((peer) => selectsService(peer, query)),
    general.filter(({ namespace }) => namespace === service.namespace),
    general.filter(({ namespace }) => namespace === root),
  ];
  for (const by of lists.flat()) {
    const mode = modeOf(by.spec, query.port);
    if (mode !== undefined) return { mode, by };
  }
  return undefined;
}

/** True when the selector takes every known workload of the service. */
function selectsService(
  { spec, namespace }: ConfigObject<PeerAuthentication>,
  { service, index }: PeerQuery,
): boolean {
  const labels = spec.selector?.matchLabels ?? {};
  if (Object.keys(labels).length === 0 || namespace !== service.namespace) return false;
  const { selector } = service;
  if (selector === undefined) return false;
  const workloads = index.workloads.select(selector, namespace);
  if (workloads.length === 0) return labelsMatch(labels, selector);
  return workloads.every((workload) => labelsMatch(labels, workload.labels));
}

/** Ports of this API are those of the workload. */
function modeOf(spec: PeerAuthentication, port: KnownPort): Mode | undefined {
  const target = typeof port.targetPort === 'number' ? port.targetPort : port.number;
  return asMode(spec.portLevelMtls[target]) ?? asMode(spec.mtls);
}

function asMode(mtls: PeerAuthentication_MutualTLS | undefined): Mode | undefined {
  switch (mtls?.mode) {
    case undefined:
    case PeerAuthentication_MutualTLS_Mode.UNSET:
      return undefined;
    case PeerAuthentication_MutualTLS_Mode.STRICT:
      return 'strict';
    default:
      return 'open';
  }
}

function ofPolicies(
  policies: readonly ConfigObject<Policy>[],
  {
    service,
    port,
    domain,
  }: { readonly service: KnownService; readonly port: KnownPort; readonly domain: string },
): Verdict | undefined {
  const targets = policies.flatMap((by) =>
    by.spec.targets.flatMap(({ name, ports }) =>
      resolveHost(name, by.namespace, domain) === service.host ? [{ by, ports }] : [],
    ),
  );
  const chosen =
    targets.find(({ ports }) => ports.length > 0 && ports.some((each) => selects(each, port))) ??
    targets.find(({ ports }) => ports.length === 0) ??
    policies
      .filter(({ spec, namespace }) => spec.targets.length === 0 && namespace === service.namespace)
      .map((by) => ({ by }))[0];
  return chosen && verdictOfPolicy(chosen.by);
}

function selects({ port: written }: TargetSelector['ports'][number], port: KnownPort): boolean {
  return written.value === (written.case === 'name' ? port.name : port.number);
}

function verdictOfPolicy(by: ConfigObject<Policy>): Verdict {
  const peer = by.spec.peers.find(({ params }) => params.case === 'mtls')?.params;
  const strict =
    peer?.case === 'mtls' && peer.value.mode === MutualTls_Mode.STRICT && !by.spec.peerIsOptional;
  return { mode: strict ? 'strict' : 'open', by };
}
