import { create, type MessageInitShape } from '@bufbuild/protobuf';
import {
  ProxyStatusReplySchema,
  type TypeStatusSchema,
} from '@quintet/proto/quintet/status/v1/proxy_status_pb.js';
import { describe, expect, it } from 'vitest';
import { everythingAcknowledged, missingPilots, proxyStatusRows } from './proxy-status.ts';

type TypeInit = MessageInitShape<typeof TypeStatusSchema>;

const revision = (nonce: string) => ({ version: `v${nonce}`, nonce });
const cds = (sent: string, acknowledged: string): TypeInit => ({
  name: 'CDS',
  ...(sent === '' ? {} : { sent: revision(sent) }),
  ...(acknowledged === '' ? {} : { acknowledged: revision(acknowledged) }),
});

function reply(name: string, types: TypeInit[], knownReplicas = 0) {
  const nodeId = `sidecar~10.0.0.1~${name}.shop~shop.svc.cluster.local`;
  return create(ProxyStatusReplySchema, { pilotInstance: 'p', knownReplicas, proxies: [{ nodeId, types }] });
}

describe('proxyStatusRows', () => {
  it.each([
    ['', '', 'NOT SENT'],
    ['2', '2', 'SYNCED'],
    ['2', '1', 'STALE'],
    ['2', '', 'STALE (Never Acknowledged)'],
  ])('sent %j, acknowledged %j is %s', (sent, acknowledged, state) => {
    const [row] = proxyStatusRows([reply('a', [cds(sent, acknowledged)])]);
    expect(row?.states).toEqual({ CDS: state, LDS: 'NOT SENT', EDS: 'NOT SENT', RDS: 'NOT SENT' });
  });

  it('sorts the proxies of all pilots by name and shows what they refused', () => {
    const rejection = { error: 'bad', objects: [{ kind: 'VirtualService', namespace: 'shop', name: 'r' }] };
    const rows = proxyStatusRows([reply('b', []), reply('a', [{ name: 'RDS', rejection }])]);
    expect(rows.map(({ name }) => name)).toEqual(['a.shop', 'b.shop']);
    expect(rows[0]?.rejections).toEqual([{ type: 'RDS', error: 'bad', objects: ['VirtualService r.shop'] }]);
  });

  it('knows when pilots are missing and when answers are outstanding', () => {
    expect(missingPilots([reply('a', [], 3)])).toBe(2);
    expect(missingPilots([reply('a', []), reply('b', [])])).toBe(0);
    expect(everythingAcknowledged([reply('a', [cds('2', '2')])])).toBe(true);
    expect(everythingAcknowledged([reply('a', [cds('2', '1')])])).toBe(false);
  });
});
