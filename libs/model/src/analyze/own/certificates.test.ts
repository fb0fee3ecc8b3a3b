import { describe, expect, it } from 'vitest';
import { formatIssue } from '../../format-issue.ts';
import { analyzeText, object, TEST_NOW } from '../testing-analysis.ts';

/** Of a.example.com, from 2026-07-01 to 2026-08-15; its key was thrown away. */
const PEM = [
  '-----BEGIN CERTIFICATE-----',
  'MIIBKjCB0QIUVGJkOchxvnSqXwiXOWaF4oI3078wCgYIKoZIzj0EAwIwGDEWMBQG',
  'A1UEAwwNYS5leGFtcGxlLmNvbTAeFw0yNjA3MDEwMDAwMDBaFw0yNjA4MTUwMDAw',
  'MDBaMBgxFjAUBgNVBAMMDWEuZXhhbXBsZS5jb20wWTATBgcqhkjOPQIBBggqhkjO',
  'PQMBBwNCAASrX9kYHEdUa0pB9F8C/nTgxR+O7mHoqWC0+b3E4i1Oh1YEmqS49CyW',
  'YDsAD3imcmIS2TNYAwzW+ghX4pVj9lO8MAoGCCqGSM49BAMCA0gAMEUCIFvEERmd',
  'Vi1LBZ2j/BBFVr6/NdVsvRlf+4SQJTzjVa7WAiEAjnEGIANoIT2pNPciFdhXIIZT',
  'kChRTUaGlx/amXXQgko=',
  '-----END CERTIFICATE-----',
].join('\\n');

const DAY_MS = 86_400_000;
const GATEWAY = object(
  'Gateway',
  'shop/g',
  '{selector: {istio: ingressgateway}, servers: [{port: {number: 443, name: https, protocol: HTTPS}, hosts: [a.example.com], tls: {mode: SIMPLE, credentialName: cert}}]}',
);
const secret = (name: string, certificate: string): string =>
  `---\napiVersion: v1\nkind: Secret\nmetadata: {namespace: istio-system, name: ${name}}\ntype: kubernetes.io/tls\nstringData: {tls.crt: "${certificate}", tls.key: ""}\n`;
const found = (text: string, now: number): readonly string[] => analyzeText(text, { now }).map(formatIssue);

describe('certificates of gateways', () => {
  it.each([
    [
      0,
      [
        'Warning [QTT4014] (Secret cert.istio-system in.yaml:11) The certificate of Gateway shop/g expires on 2026-08-15, in 14 days',
      ],
    ],
    [-20 * DAY_MS, []],
    [
      20 * DAY_MS,
      [
        'Error [QTT4014] (Secret cert.istio-system in.yaml:11) The certificate of Gateway shop/g expired on 2026-08-15',
      ],
    ],
  ])('are judged %i ms later', (later, expected) => {
    expect(found(GATEWAY + secret('cert', PEM), TEST_NOW + later)).toEqual(expected);
  });

  it('are of no interest when no gateway serves them', () => {
    expect(found(GATEWAY + secret('other', PEM), TEST_NOW)).toEqual([]);
  });

  it('are named when they cannot be read', () => {
    expect(found(GATEWAY + secret('cert', 'nonsense'), TEST_NOW)).toEqual([
      'Error [QTT4014] (Secret cert.istio-system in.yaml:11) The certificate of Gateway shop/g cannot be read: expected PEM',
    ]);
  });
});
