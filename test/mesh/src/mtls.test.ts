import { describe, expect, it } from 'vitest';
import { ECHO_MESH, readEcho } from './apps/echo-mesh.ts';
import { httpCall } from './harness/http-call.ts';
import { tcpCall } from './harness/tcp-call.ts';
import { useMesh } from './harness/use-mesh.ts';

const mesh = useMesh(ECHO_MESH);

const ANNA = 'spiffe://cluster.local/ns/default/sa/anna';
const ECHO = 'spiffe://cluster.local/ns/default/sa/echo';

const permissive = (spec: string): string => `
apiVersion: authentication.istio.io/v1alpha1
kind: Policy
metadata: {name: echo, namespace: default}
spec: ${spec}
`;

/** Straight to the sidecar's inbound port, as something outside the mesh. */
function plaintext(headers: Readonly<Record<string, string>> = {}) {
  return httpCall({ url: `http://${mesh().workload('echo-v1').address}:8000/`, headers, timeoutMs: 5000 });
}

describe('STRICT', () => {
  it('refuses plaintext to an inbound HTTP port', async () => {
    await expect(plaintext()).rejects.toThrow(/ECONNRESET|socket hang up/);
  });

  it('refuses plaintext to an inbound TCP port', async () => {
    const host = mesh().workload('echo-v1').address;
    const answer = await tcpCall({ host, port: 9000, send: 'hello\n', until: '\n' });
    expect(answer).toEqual({ text: '', ended: true });
  });

  it('lets a mesh call through with the identities of both ends', async () => {
    const { status, body } = await mesh().call({ from: 'anna-v1', host: 'echo:8000' });
    expect(status).toBe(200);
    const certificate = readEcho(body).header('x-forwarded-client-cert');
    expect(certificate).toContain(`URI=${ANNA}`);
    expect(certificate).toContain(`By=${ECHO}`);
  });

  it('carries TCP over mutual TLS', async () => {
    const host = mesh().workload('anna-v1').outboundAddress;
    const answer = await tcpCall({ host, port: 9000, send: 'hello\n', until: 'hello\n' });
    expect(answer.text).toBe('echo-v1\nhello\n');
  });

  it('does not believe a caller who says whose certificate it has', async () => {
    const headers = {
      'x-forwarded-client-cert': 'By=spiffe://x;URI=spiffe://cluster.local/ns/default/sa/root',
    };
    const { body } = await mesh().call({ from: 'anna-v1', host: 'echo:8000', headers });
    const certificate = readEcho(body).header('x-forwarded-client-cert');
    expect(certificate).toContain(`URI=${ANNA}`);
    expect(certificate).not.toContain('sa/root');
  });
});

describe('PERMISSIVE', () => {
  it.each([
    ['by mode', '{targets: [{name: echo}], peers: [{mtls: {mode: PERMISSIVE}}]}'],
    ['by no peer method', '{targets: [{name: echo}]}'],
  ])('accepts plaintext, %s', async (_, spec) => {
    await mesh().withFiles({ 'permissive.yaml': permissive(spec) }, async () => {
      const { status, body } = await plaintext();
      expect(status).toBe(200);
      expect(readEcho(body).header('x-forwarded-client-cert')).toBe('');
    });
    await expect(plaintext()).rejects.toThrow(/ECONNRESET|socket hang up/);
  });

  it('goes on accepting mutual TLS, with the identity of the caller', async () => {
    const spec = '{targets: [{name: echo}], peers: [{mtls: {mode: PERMISSIVE}}]}';
    await mesh().withFiles({ 'permissive.yaml': permissive(spec) }, async () => {
      const { body } = await mesh().call({ from: 'anna-v1', host: 'echo:8000' });
      expect(readEcho(body).header('x-forwarded-client-cert')).toContain(`URI=${ANNA}`);
    });
  });

  it('opens the one service only', async () => {
    const spec = '{targets: [{name: echo}], peers: [{mtls: {mode: PERMISSIVE}}]}';
    await mesh().withFiles({ 'permissive.yaml': permissive(spec) }, async () => {
      const url = `http://${mesh().workload('other-v1').address}:8000/`;
      await expect(httpCall({ url, timeoutMs: 5000 })).rejects.toThrow(/ECONNRESET|socket hang up/);
    });
  });

  it('does not believe a caller in plaintext who claims an identity', async () => {
    const spec = '{targets: [{name: echo}], peers: [{mtls: {mode: PERMISSIVE}}]}';
    await mesh().withFiles({ 'permissive.yaml': permissive(spec) }, async () => {
      const { body } = await plaintext({ 'x-forwarded-client-cert': `By=${ECHO};URI=${ANNA}` });
      expect(readEcho(body).header('x-forwarded-client-cert')).toBe('');
    });
  });
});
