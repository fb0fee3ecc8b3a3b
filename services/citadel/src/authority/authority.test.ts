import { chmod, readdir, readFile, rm, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  certificatePem,
  generateKeyPair,
  keyPairFromPem,
  parseCertificates,
  privateKeyPem,
} from '@quintet/pki';
import { forgeCertificate, forgeKeys } from '@quintet/pki/testing';
import { createMemoryLog, makeTempDir, type TempDir } from '@quintet/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAuthority } from './authority.ts';
import { type AuthorityKeeper, type AuthoritySource, openAuthority } from './authority-keeper.ts';

const DAY = 86_400_000;
const START = Date.UTC(2030, 0, 1);
let dir: TempDir;
let now = START;
beforeEach(async () => {
  dir = await makeTempDir('ca');
  now = START;
});
afterEach(async () => await dir.remove());

const path = (name: string) => join(dir.path, name);
let counter = 0;
const serial = () => Buffer.alloc(16, ++counter);
const selfSigned = (change: object = {}): AuthoritySource => ({
  kind: 'self-signed',
  gracePercent: 20,
  options: {
    ...{
      directory: path('ca'),
      organization: 'cluster.local',
      rootTtlMs: 100 * DAY,
      extraRoots: [],
      now: () => now,
      serial,
    },
    keyType: { type: 'ec' },
    ...change,
  },
});
const open = (source: AuthoritySource): Promise<AuthorityKeeper> =>
  openAuthority({ source, now: () => now, log: createMemoryLog() });

describe('a self-signed authority', () => {
  it('is made once and kept, the key for its owner only', async () => {
    const first = (await open(selfSigned())).current();
    const again = (await open(selfSigned())).current();
    expect(again.root.der).toEqual(first.root.der);
    expect(first.root).toMatchObject({
      organization: 'cluster.local',
      isCa: true,
      notAfter: START + 100 * DAY,
    });
    expect((await readdir(path('ca'))).sort()).toEqual(['ca-cert.pem', 'ca-key.pem']);
    const mode = async (name: string) => (await stat(path(name))).mode & 0o777;
    expect([await mode('ca'), await mode('ca/ca-key.pem')]).toEqual([0o700, 0o600]);
  });

  it('is completed when only its key was written', async () => {
    await open(selfSigned());
    const key = await readFile(path('ca/ca-key.pem'), 'utf8');
    await unlink(path('ca/ca-cert.pem'));
    const { material } = (await open(selfSigned())).current();
    expect(privateKeyPem(material.keyPair)).toBe(privateKeyPem(keyPairFromPem(key)));
  });

  it.each<[string, () => Promise<unknown>, string]>([
    ['a key that others can read', () => chmod(path('ca/ca-key.pem'), 0o644), 'has mode 0644, expected 0600'],
    ['a directory that others can enter', () => chmod(path('ca'), 0o755), 'has mode 0755, expected 0700'],
    ['a certificate without its key', () => rm(path('ca/ca-key.pem')), 'not its ca-key.pem'],
    ['a broken key', () => writeFile(path('ca/ca-key.pem'), 'x'), 'not an unencrypted PEM private key'],
    ['a broken certificate', () => writeFile(path('ca/ca-cert.pem'), 'x'), 'found 0'],
    ['a certificate of another key', () => exchangeKey(), 'is not a certificate of ca-key.pem'],
  ])('is refused with %s', async (_, damage, message) => {
    await open(selfSigned());
    await damage();
    await expect(open(selfSigned())).rejects.toMatchObject({
      code: 'failed_precondition',
      message: expect.stringContaining(message),
    });
  });

  async function exchangeKey(): Promise<void> {
    await writeFile(path('ca/ca-key.pem'), privateKeyPem(await generateKeyPair({ type: 'ec' })));
  }

  it('is renewed with the same key and name when a fifth of its life is left, not before', async () => {
    const keeper = await open(selfSigned());
    const { root: old, material } = keeper.current();
    now = START + 79 * DAY;
    expect(await keeper.check()).toBe(false);
    now = START + 81 * DAY;
    expect(await keeper.check()).toBe(true);
    const next = keeper.current();
    expect(next.root).toMatchObject({ organization: 'cluster.local', notAfter: now + 100 * DAY });
    expect([next.root.subject, next.root.publicKeyInfo]).toEqual([old.subject, old.publicKeyInfo]);
    expect(next.material.keyPair.privateKey.equals(material.keyPair.privateKey)).toBe(true);
    expect((await open(selfSigned())).current().root.der).toEqual(next.root.der);
    expect(await keeper.check()).toBe(false);
  });

  it('takes over what another instance renewed, and stays when the files are broken', async () => {
    const [one, two] = [await open(selfSigned()), await open(selfSigned())];
    now = START + 81 * DAY;
    expect([await one.check(), await two.check()]).toEqual([true, true]);
    expect(two.current().root.der).toEqual(one.current().root.der);
    await writeFile(path('ca/ca-cert.pem'), 'broken');
    expect(await one.check()).toBe(false);
    expect(one.current().root.der).toEqual(two.current().root.der);
  });

  it('hands out further roots beside its own', async () => {
    const extraRoots = parseCertificates((await plugIn()).rootPem);
    const { material, root } = (await open(selfSigned({ extraRoots }))).current();
    expect(material.roots).toEqual([root, ...extraRoots]);
  });
});

const CA = [
  { name: 'basicConstraints', critical: true, cA: true },
  { name: 'keyUsage', critical: true, keyCertSign: true },
];

/** Writes root, intermediate and key as `cacerts` holds them. */
async function plugIn() {
  const keys = async () => {
    const { privateKey } = await generateKeyPair({ type: 'rsa' });
    return {
      pem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      forge: forgeKeys(privateKey.export({ type: 'pkcs1', format: 'pem' }).toString()),
    };
  };
  const [rootKeys, ownKeys] = [await keys(), await keys()];
  const root = forgeCertificate({
    name: 'company',
    keys: rootKeys.forge,
    extensions: CA,
    now: START,
    days: 30,
  });
  const own = forgeCertificate({
    name: 'mesh',
    keys: ownKeys.forge,
    issuer: root,
    extensions: CA,
    now: START,
    days: 10,
  });
  await writeFile(path('ca-cert.pem'), own.pem);
  await writeFile(path('ca-key.pem'), ownKeys.pem, { mode: 0o600 });
  await writeFile(path('root-cert.pem'), root.pem);
  await writeFile(path('cert-chain.pem'), own.pem + root.pem);
  const files = {
    signingCert: path('ca-cert.pem'),
    signingKey: path('ca-key.pem'),
    rootCert: path('root-cert.pem'),
    certChain: path('cert-chain.pem'),
  };
  return { source: { kind: 'plugged-in', files } as const, rootPem: root.pem, rootKeys };
}

describe('a plugged-in authority', () => {
  it('answers with its intermediate and root, and outlives neither', async () => {
    const authority = (await open((await plugIn()).source)).current();
    expect(authority.chain.map((one) => one.organization)).toEqual(['mesh', 'company']);
    expect(authority.root.organization).toBe('company');
    expect(authority.notAfter).toBe(Math.floor(START + 10 * DAY));
    expect(authority.chainPem).toEqual(authority.chain.map(certificatePem));
  });

  it('is refused with a key of another, without its root, and when it has expired', async () => {
    const { source, rootKeys } = await plugIn();
    const stranger = forgeCertificate({
      name: 'company',
      keys: forgeKeys(await pkcs1()),
      extensions: CA,
      now: START,
    });
    await writeFile(path('root-cert.pem'), stranger.pem);
    await expect(open(source)).rejects.toThrow('no trusted root');
    await writeFile(path('ca-key.pem'), rootKeys.pem);
    await expect(open(source)).rejects.toThrow('not for this CA key');
    const fresh = await plugIn();
    now = START + 11 * DAY;
    await expect(open(fresh.source)).rejects.toThrow('not valid after');
  });

  it('that is exchanged on disk is taken over at the next look', async () => {
    const keeper = await open((await plugIn()).source);
    const before = keeper.current().root.der;
    await plugIn();
    expect(await keeper.check()).toBe(true);
    expect(keeper.current().root.der).not.toEqual(before);
  });

  async function pkcs1(): Promise<string> {
    return (await generateKeyPair({ type: 'rsa' })).privateKey
      .export({ type: 'pkcs1', format: 'pem' })
      .toString();
  }
});

describe('an authority', () => {
  it('may be a root that signs itself', async () => {
    const { material } = (await open(selfSigned())).current();
    const again = createAuthority(material, now);
    expect(again.chain).toEqual([again.root]);
  });
});
