import type { Located, LocatedMap } from '../decode/located.ts';

/**
 * `peers: [{mtls: null}]`, which is what YAML makes of `- mtls:`, means mutual TLS with its defaults in the classic
 * API: the null becomes an empty map. In proto3 JSON it would mean that nothing is set.
 */
export function normalisePeers(spec: Located): Located {
  const peers = spec.kind === 'map' ? spec.entries.get('peers') : undefined;
  if (spec.kind !== 'map' || peers?.value.kind !== 'list') return spec;
  const items = peers.value.items.map(normalisePeer);
  const entry = { ...peers, value: { ...peers.value, items } };
  return { ...spec, entries: new Map([...spec.entries, ['peers', entry]]) };
}

function normalisePeer(peer: Located): Located {
  const mtls = peer.kind === 'map' ? peer.entries.get('mtls') : undefined;
  if (peer.kind !== 'map' || mtls?.value.kind !== 'scalar' || mtls.value.value !== null) return peer;
  const empty: LocatedMap = { kind: 'map', entries: new Map(), line: mtls.line };
  return { ...peer, entries: new Map([...peer.entries, ['mtls', { ...mtls, value: empty }]]) };
}
