import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@quintet/runtime';
import { createManualClock } from '@quintet/runtime/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inClusterAccess } from './in-cluster.ts';
import { kubeconfigAccess, remoteKubeconfigAccess } from './kubeconfig.ts';

let directory = '';
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'quintet-kubeconfig-'));
});
afterAll(() => rm(directory, { recursive: true }));

const pem = (what: string) => `-----BEGIN ${what}-----\nAAAA\n-----END ${what}-----\n`;
const base64 = (text: string) => Buffer.from(text).toString('base64');

const config = (parts: { cluster?: object; user?: object; more?: object } = {}): string =>
  JSON.stringify({
    'current-context': 'one',
    contexts: [{ name: 'one', context: { cluster: 'c', user: 'u', namespace: 'n' } }],
    clusters: [{ name: 'c', cluster: { server: 'https://example.test:6443', ...parts.cluster } }],
    users: [{ name: 'u', user: { ...parts.user } }],
    ...parts.more,
  });

const remote = (text: string) => remoteKubeconfigAccess(text, { clock: systemClock });

async function file(name: string, text: string): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, text);
  return path;
}

describe('a kubeconfig', () => {
  it('gives server, keys and token that stand in it', async () => {
    const text = config({
      cluster: { 'certificate-authority-data': base64(pem('CERTIFICATE')), 'tls-server-name': 'api' },
      user: {
        'client-certificate-data': base64(pem('CERTIFICATE')),
        'client-key-data': base64(pem('PRIVATE KEY')),
        token: 't',
      },
    });
    const access = remote(text);
    expect(access).toMatchObject({ namespace: 'n', serverName: 'api', skipVerify: false });
    expect(access.server.href).toBe('https://example.test:6443/');
    expect(await access.credentials()).toEqual({
      ca: pem('CERTIFICATE'),
      certificate: pem('CERTIFICATE'),
      key: pem('PRIVATE KEY'),
      token: 't',
    });
  });

  it('of this machine may name files, beside itself, and a token file is read again', async () => {
    await file('ca.crt', pem('CERTIFICATE'));
    await file('token', 'first\n');
    const path = await file(
      'config',
      config({
        cluster: { 'certificate-authority': 'ca.crt' },
        user: { tokenFile: 'token', token: 'other' },
      }),
    );
    const clock = createManualClock();
    const access = await kubeconfigAccess(path, { clock });
    expect(await access.credentials()).toEqual({ ca: pem('CERTIFICATE'), token: 'first' });
    await file('token', 'second');
    expect(await access.credentials()).toMatchObject({ token: 'first' });
    await clock.advance(30_001);
    expect(await access.credentials()).toMatchObject({ token: 'second' });
    await rm(join(directory, 'token'));
    await clock.advance(30_001);
    expect(await access.credentials()).toMatchObject({ token: 'second' });
  });

  it('of this machine may run a program that gives a token', async () => {
    const answer = {
      apiVersion: 'client.authentication.k8s.io/v1',
      kind: 'ExecCredential',
      status: { token: 'made' },
    };
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: '/bin/echo',
      args: [JSON.stringify(answer)],
      interactiveMode: 'Never',
    };
    const path = await file('exec', config({ user: { exec } }));
    const access = await kubeconfigAccess(path, { clock: systemClock });
    expect(await access.credentials()).toEqual({ token: 'made' });
  }, 30_000);

  it.each([
    ['user', { exec: { command: 'sh' } }, 'a program of this machine would be run'],
    ['user', { 'auth-provider': { name: 'gcp' } }, 'a plugin would be run'],
    ['user', { tokenFile: '/etc/passwd' }, 'a file of this machine would be read'],
    ['user', { 'client-key': '/x' }, 'give client-key-data'],
    ['user', { 'client-certificate': '/x' }, 'give client-certificate-data'],
    ['user', { as: 'admin' }, 'nobody is impersonated'],
    ['user', { username: 'x', password: 'secret' }, 'no passwords'],
    ['cluster', { 'certificate-authority': '/x' }, 'give certificate-authority-data'],
    ['cluster', { 'insecure-skip-tls-verify': true }, 'whoever answers would be believed'],
    ['cluster', { 'proxy-url': 'http://x' }, 'proxies are not used'],
    ['cluster', { server: 'http://127.0.0.1:8001' }, 'expected https'],
    ['cluster', { server: 'nowhere' }, 'expected a URL, found "nowhere"'],
    ['cluster', { 'certificate-authority-data': 'AAAA' }, 'expected PEM in base64'],
  ])('from a Secret may not have in its %s %j', (part, value, message) => {
    expect(() => remote(config({ [part]: value }))).toThrow(message);
  });

  it.each([
    ['{', 'no YAML'],
    ['- a', 'expected a map'],
    ['{}', 'expected a current-context, found none'],
    [config({ more: { contexts: [] } }), 'expected an entry "one" in contexts'],
    [config({ more: { users: [{ name: 'u' }] } }), 'expected an entry "u" in users'],
    [config({ more: { clusters: 'x' } }), 'expected an entry "c" in clusters'],
    [`x: ${'a'.repeat(1024 * 1024)}`, 'at most 1048576 bytes'],
  ])('that is wrong: %.20s', (text, message) => {
    expect(() => remote(text)).toThrow(message);
  });

  it('never shows its text in a message', () => {
    expect(() => remote('token: [secret\n')).toThrow(/^kubeconfig: no YAML( at line \d+)?$/);
  });
});

describe('a pod', () => {
  it('is reached as its service account', async () => {
    await file('token', 'pod');
    await file('ca.crt', pem('CERTIFICATE'));
    await file('namespace', 'istio-system');
    const env = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443' };
    const access = await inClusterAccess({ env, clock: systemClock, directory });
    expect(access.server.href).toBe('https://[fd00::1]/');
    expect(access.namespace).toBe('istio-system');
    expect(await access.credentials()).toEqual({ ca: pem('CERTIFICATE'), token: 'pod' });
    await expect(inClusterAccess({ env: {}, clock: systemClock })).rejects.toThrow('not in a pod');
  });
});
