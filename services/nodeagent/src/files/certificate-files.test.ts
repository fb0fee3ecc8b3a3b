import { chmod, mkdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createStaticIdentity, silentLog, systemClock } from '@quintet/runtime';
import { createTestCa, eventually, makeTempDir, type TempDir } from '@quintet/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCertificateFiles } from './certificate-files.ts';

describe('certificate files', () => {
  let dir: TempDir;
  beforeEach(async () => {
    dir = await makeTempDir('files');
  });
  afterEach(async () => await dir.remove());

  it('follow the identity, the key for its owner only', async () => {
    const ca = await createTestCa();
    const spiffeId = 'spiffe://cluster.local/ns/istio-system/sa/istio-nats-service-account';
    const certificates = await ca.issue({ spiffeId });
    const identity = createStaticIdentity({ certificates, clock: systemClock });
    const directory = join(dir.path, 'certs');
    const files = createCertificateFiles({ directory, identity, log: silentLog });
    await files.start?.();
    const read = (name: string) => readFile(join(directory, name), 'utf8');
    await eventually(async () => (await files.checks?.[0]?.check())?.state === 'ok');
    expect(await read('key.pem')).toBe(certificates.keyPem);
    expect(await read('root-cert.pem')).toBe(ca.rootPem);
    expect((await stat(join(directory, 'key.pem'))).mode & 0o777).toBe(0o600);
    const next = await ca.issue({ spiffeId });
    identity.update(next);
    await eventually(async () => (await read('key.pem')) === next.keyPem);
    await files.stop?.(AbortSignal.abort());
    expect(await read('cert-chain.pem')).toBe(identity.current()?.certChainPem);
  });

  it('are not written where others can look', async () => {
    const ca = await createTestCa();
    const certificates = await ca.issue({ spiffeId: 'spiffe://cluster.local/ns/a/sa/b' });
    const identity = createStaticIdentity({ certificates, clock: systemClock });
    const directory = join(dir.path, 'open');
    await mkdir(directory);
    await chmod(directory, 0o755);
    const files = createCertificateFiles({ directory, identity, log: silentLog });
    await expect(files.start?.()).rejects.toThrow('expected 0700');
  });
});
