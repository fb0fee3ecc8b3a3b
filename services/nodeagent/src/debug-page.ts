import type { DebugPage } from '@quintet/runtime';
import type { StreamInfo } from '@quintet/xds';
import type { SecretStore } from './secrets/secret-store.ts';

/** The classic page of the node agent: who is connected, who has which certificate. Neither keys nor tokens are on it. */
export function workloadDebugPage(options: {
  readonly store: SecretStore;
  readonly streams: () => readonly StreamInfo[];
}): DebugPage {
  const { store, streams } = options;
  return {
    path: '/debug/sds/workload',
    description: 'streams of proxies, and identities with the end of their certificates',
    show: () => ({
      clients: streams().map(({ id, node, connectedAt, status }) => ({
        connection_id: id,
        proxy: node.id,
        connected_at: new Date(connectedAt).toISOString(),
        secrets: status().map(({ sentVersion, ackedVersion, nack }) => ({
          sentVersion,
          ackedVersion,
          refused: nack?.error ?? null,
        })),
      })),
      workloads: store.workloads().map(({ spiffeId, notAfter, failing, tokens }) => ({
        spiffe_id: spiffeId,
        expires: new Date(notAfter).toISOString(),
        renewal_failing: failing,
        tokens: tokens.size,
      })),
      tokens_waiting: store.waiting(),
    }),
  };
}
