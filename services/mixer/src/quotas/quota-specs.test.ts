import { bagOf } from '@quintet/expr';
import { isOfSchema } from '@quintet/model';
import { QuotaSpecSchema } from '@quintet/proto/istio/mixer/v1/config/client/quota_pb.js';
import { describe, expect, it } from 'vitest';
import { objectsOf } from '../testing/mixer-under-test.ts';
import { buildQuotaSpecs } from './quota-specs.ts';

const SPECS = objectsOf(`
apiVersion: config.istio.io/v1alpha2
kind: QuotaSpec
metadata: { name: count, namespace: istio-system }
spec:
  rules:
  - quotas: [{ quota: requests, charge: 1 }]
  - match:
    - clause: { request.path: { prefix: /api }, request.method: { exact: POST } }
    - clause: { request.path: { regex: '/slow/[0-9]+' } }
    quotas: [{ quota: requests, charge: 5 }, { quota: writes, charge: 2 }]
`).filter((object) => isOfSchema(object, QuotaSpecSchema));

describe('quota specs', () => {
  it.each([
    ['/', 'GET', [['requests', 1]]],
    ['/api/x', 'GET', [['requests', 1]]],
    [
      '/api/x',
      'POST',
      [
        ['requests', 6],
        ['writes', 2],
      ],
    ],
    [
      '/slow/12',
      'GET',
      [
        ['requests', 6],
        ['writes', 2],
      ],
    ],
    ['/slow/12/x', 'GET', [['requests', 1]]],
  ])('%s %s', (path, method, charges) => {
    const bag = bagOf(
      new Map([
        ['request.path', path],
        ['request.method', method],
      ]),
    );
    const found = buildQuotaSpecs(SPECS).chargesFor(['istio-system/count', 'istio-system/none'], bag);
    expect(found.map(({ quota, amount }) => [quota, amount])).toEqual(charges);
  });
});
