import type { DebugPage } from '@quintet/runtime';
import type { Authority } from './authority/authority.ts';
import type { TrustState } from './trust/trust-state.ts';
import type { Watcher } from './trust/watchers.ts';

/** The authority's certificates, and which watcher has which trust bundle. No keys. */
export function trustDebugPage(options: {
  readonly authority: () => Authority;
  readonly trust: TrustState;
  readonly watchers: ReadonlySet<Watcher>;
}): DebugPage {
  const { authority, trust, watchers } = options;
  return {
    path: '/debug/trust',
    description: 'certificates of the authority, the present trust bundle, and who has acknowledged it',
    show: () => ({
      chain: authority().chain.map(({ organization, serial, notAfter }) => ({
        organization,
        serial,
        expires: new Date(notAfter).toISOString(),
      })),
      bundle: { hash: trust.current().hash, sequence: String(trust.current().sequence) },
      watchers: [...watchers].map(({ peer, nodeId, ackedHash, error }) => ({
        peer,
        nodeId,
        ackedHash,
        error,
      })),
    }),
  };
}
