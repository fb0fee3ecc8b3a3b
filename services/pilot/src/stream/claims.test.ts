import { nodeFromMetadata, type ProxyNode } from '@quintet/proxy';
import { describe, expect, it } from 'vitest';
import { checkClaims } from './claims.ts';

function proxy(metadata: Record<string, string>): ProxyNode {
  const read = nodeFromMetadata({ id: 'sidecar~10.0.0.1~a-1.shop~shop.svc.cluster.local', metadata });
  if (!read.ok) throw new Error(read.problems.join());
  return read.proxy;
}

const ID = 'spiffe://cluster.local/ns/shop/sa/a';

describe('checkClaims', () => {
  it('takes a proxy that claims what its certificate says', () => {
    expect(checkClaims(proxy({ SERVICE_ACCOUNT: 'a' }), ID).ok).toBe(true);
  });

  it('fills in the service account', () => {
    expect(checkClaims(proxy({}), ID)).toMatchObject({ ok: true, proxy: { serviceAccount: 'a' } });
  });

  it.each([
    [{ SERVICE_ACCOUNT: 'b' }, ID, 'claims service account "b", its certificate is for "a"'],
    [{}, 'spiffe://cluster.local/ns/other/sa/a', 'claims namespace "shop", its certificate is for "other"'],
    [{ CONFIG_NAMESPACE: 'other' }, ID, 'claims configuration namespace "other"'],
    [{}, 'spiffe://cluster.local/something', 'is no identity of a workload'],
  ])('turns %j with %s away', (metadata, id, reason) => {
    expect(checkClaims(proxy(metadata), id)).toEqual({ ok: false, reason: expect.stringContaining(reason) });
  });
});
