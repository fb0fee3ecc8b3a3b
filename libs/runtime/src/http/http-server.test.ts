import { request } from 'node:https';
import { type AddressInfo, connect, createServer } from 'node:net';
import type { PeerCertificate, TLSSocket } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { MeshError } from '../errors/mesh-error.ts';
import { createMemoryLog } from '../log/memory-log.ts';
import { createTestCa } from '../testing/test-ca.ts';
import { bearerToken, equalSecrets } from './bearer.ts';
import { createHttpServer, type HttpServerOptions, hostPort } from './http-server.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function newServer(options: Partial<HttpServerOptions> = {}) {
  const log = createMemoryLog();
  const server = createHttpServer({ name: 'test', address: '127.0.0.1:0', log, ...options });
  cleanups.push(() => server.stop?.(AbortSignal.abort()));
  return { server, log };
}

describe('an HTTP port', () => {
  it('refuses large bodies before it reads them, and shows nothing of bugs', async () => {
    const { server, log } = newServer({ limits: { bodyBytes: 100 } });
    server.app.post('/echo', async (r) => r.body);
    server.app.get('/bug', async () => {
      throw new Error('secret detail');
    });
    server.app.get('/mistake', async () => {
      throw new MeshError('invalid_argument', 'not so');
    });
    await server.start?.();
    const call = async (path: string, body?: string) => {
      const init =
        body === undefined ? {} : { method: 'POST', body, headers: { 'content-type': 'text/plain' } };
      const response = await fetch(`http://127.0.0.1:${server.port()}${path}`, init);
      return `${response.status} ${(await response.text()).trim()}`;
    };
    expect(await call('/echo', 'x')).toBe('200 x');
    expect(await call('/echo', 'x'.repeat(101))).toMatch(/^413 /);
    expect(await call('/bug')).toBe('500 internal error');
    expect(await call('/mistake')).toBe('400 not so');
    expect(log.lines.filter((line) => line.message === 'request failed')).toHaveLength(1);
  });

  it('takes a limited number of connections', async () => {
    const { server } = newServer({ limits: { connections: 1 } });
    await server.start?.();
    const first = connect(server.port(), '127.0.0.1');
    cleanups.push(() => first.destroy());
    await new Promise((resolve) => first.once('connect', resolve));
    const second = connect(server.port(), '127.0.0.1');
    await new Promise((resolve) => second.once('close', resolve));
  });

  it('in use is named in one line', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    cleanups.push(() => taken.close());
    const { port } = taken.address() as AddressInfo;
    const { server } = newServer({ address: `127.0.0.1:${port}` });
    await expect(server.start?.()).rejects.toThrow(`cannot listen on 127.0.0.1:${port}: the port is in use`);
  });

  it('with TLS takes new certificates for new connections', async () => {
    const ca = await createTestCa();
    const issue = async (name: string) => {
      const { certChainPem: cert, keyPem: key } = await ca.issue({ spiffeId: `spiffe://a/ns/b/sa/${name}` });
      return { cert, key };
    };
    const { server } = newServer({ tls: await issue('first') });
    server.app.get('/', async () => 'ok');
    await server.start?.();
    const subject = () =>
      new Promise<string | undefined>((resolve, reject) => {
        const options = { host: '127.0.0.1', port: server.port(), ca: ca.rootPem, agent: false };
        const checkServerIdentity = (_: string, certificate: PeerCertificate) => {
          expect(certificate.raw).toBeDefined();
          return undefined;
        };
        request({ ...options, checkServerIdentity }, (response) => {
          const socket = response.socket as TLSSocket;
          resolve(socket.getPeerCertificate().subjectaltname);
          response.resume();
        })
          .on('error', reject)
          .end();
      });
    expect(await subject()).toBe('URI:spiffe://a/ns/b/sa/first');
    server.setCertificates(await issue('second'));
    expect(await subject()).toBe('URI:spiffe://a/ns/b/sa/second');
  });
});

describe('secrets', () => {
  it.each([
    ['Bearer abc', 'abc'],
    ['bearer abc ', 'abc'],
    ['Basic abc', undefined],
    ['Bearer a b', undefined],
    ['Bearer ', undefined],
    [undefined, undefined],
  ])('are read from %j', (header, token) => {
    expect(bearerToken(header)).toBe(token);
  });

  it('are equal or not', () => {
    expect(equalSecrets('a', 'a')).toBe(true);
    expect(equalSecrets('a', 'ab')).toBe(false);
    expect(equalSecrets('', 'a')).toBe(false);
  });
});

describe('an address', () => {
  it.each([
    [':9443', { host: '0.0.0.0', port: 9443 }],
    ['tcp://127.0.0.1:80', { host: '127.0.0.1', port: 80 }],
    ['[::1]:80', { host: '::1', port: 80 }],
  ])('%s', (address, expected) => {
    expect(hostPort(address)).toEqual(expected);
  });

  it.each(['', 'x', 'x:y', 'x:70000', 'unix:///x'])('%j is refused', (address) => {
    expect(() => hostPort(address)).toThrow(/expected host:port/);
  });
});
