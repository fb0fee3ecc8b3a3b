import { describe, expect, it } from 'vitest';
import { type Certificate, parseCertificates } from './certificate.ts';
import { PkiError } from './error.ts';
import { generateKeyPair } from './key-pair.ts';
import { type ForgeEntity, forgeCertificate, forgeKeys } from './testing/forge-authority.ts';
import { type VerifyOptions, verifyChain } from './verify-chain.ts';

const NOW = Date.UTC(2030, 5, 1);
const DAY = 86_400_000;
const CA = [
  { name: 'basicConstraints', critical: true, cA: true },
  { name: 'keyUsage', critical: true, keyCertSign: true },
];
const LEAF = [
  { name: 'extKeyUsage', clientAuth: true },
  { name: 'subjectAltName', altNames: [{ type: 6, value: 'spiffe://a/b' }] },
];

const rsa = async () =>
  forgeKeys(
    (await generateKeyPair({ type: 'rsa' })).privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
  );
const [rootKeys, middleKeys, leafKeys] = await Promise.all([rsa(), rsa(), rsa()]);

function read(entity: ForgeEntity): Certificate {
  const [certificate] = parseCertificates(entity.pem);
  if (certificate === undefined) throw new Error('nothing written');
  return certificate;
}

function hierarchy(
  change: {
    root?: object[];
    middle?: object[];
    leaf?: object[];
    middleDays?: number;
    leafDays?: number;
  } = {},
) {
  const root = forgeCertificate({ name: 'root', keys: rootKeys, extensions: change.root ?? CA, now: NOW });
  const middle = forgeCertificate({
    name: 'middle',
    keys: middleKeys,
    issuer: root,
    extensions: change.middle ?? CA,
    now: NOW,
    days: change.middleDays ?? 5,
  });
  const leaf = forgeCertificate({
    name: 'leaf',
    keys: leafKeys,
    issuer: middle,
    extensions: change.leaf ?? LEAF,
    now: NOW,
    days: change.leafDays ?? 1,
  });
  return { leaf: read(leaf), intermediates: [read(middle)], roots: [read(root)], now: NOW };
}

function verdict(options: VerifyOptions): string {
  try {
    return verifyChain(options)
      .map((one) => one.organization)
      .join(' < ');
  } catch (error) {
    if (error instanceof PkiError) return error.code;
    throw error;
  }
}

const impostor = forgeCertificate({ name: 'root', keys: leafKeys, extensions: CA, now: NOW });

describe('a chain', () => {
  it.each<[string, string, VerifyOptions]>([
    ['leads to its root', 'leaf < middle < root', hierarchy()],
    [
      'is found among others',
      'leaf < middle < root',
      { ...hierarchy(), intermediates: [read(impostor), ...hierarchy().intermediates] },
    ],
    ['serves the use it is for', 'leaf < middle < root', { ...hierarchy(), usage: 'client' }],
    ['serves no other use', 'untrusted', { ...hierarchy(), usage: 'server' }],
    ['needs its intermediate', 'untrusted', { ...hierarchy(), intermediates: [] }],
    ['needs its root', 'untrusted', { ...hierarchy(), roots: [] }],
    ['needs the real root', 'untrusted', { ...hierarchy(), roots: [read(impostor)] }],
    ['ends with its leaf', 'expired', { ...hierarchy(), now: NOW + 2 * DAY }],
    ['ends with its intermediate', 'expired', { ...hierarchy({ leafDays: 9 }), now: NOW + 6 * DAY }],
    [
      'ends with its root',
      'expired',
      { ...hierarchy({ leafDays: 20, middleDays: 20 }), now: NOW + 11 * DAY },
    ],
    ['has not begun', 'expired', { ...hierarchy(), now: NOW - 2 * DAY }],
    ['needs an intermediate that is a CA', 'untrusted', hierarchy({ middle: LEAF })],
    [
      'needs an intermediate that may sign',
      'untrusted',
      hierarchy({ middle: [CA[0] ?? {}, { name: 'keyUsage', digitalSignature: true }] }),
    ],
    [
      'respects a path length',
      'untrusted',
      hierarchy({ root: [{ name: 'basicConstraints', cA: true, pathLenConstraint: 0 }] }),
    ],
    [
      'may be as long as allowed',
      'leaf < middle < root',
      hierarchy({ root: [{ name: 'basicConstraints', cA: true, pathLenConstraint: 1 }] }),
    ],
    ['may not have a CA as its leaf', 'untrusted', hierarchy({ leaf: CA })],
    [
      'refuses critical extensions it does not know',
      'untrusted',
      hierarchy({ leaf: [{ id: '1.2.3.4', critical: true, value: '\x05\x00' }] }),
    ],
    [
      'does not follow name constraints',
      'untrusted',
      hierarchy({ middle: [...CA, { id: '2.5.29.30', value: '\x30\x00' }] }),
    ],
  ])('%s', (_, expected, options) => expect(verdict(options)).toBe(expected));

  it('of an authority leads to its root and counts itself', () => {
    const { intermediates, roots, now } = hierarchy();
    const [leaf] = intermediates;
    if (leaf === undefined) throw new Error('no intermediate');
    expect(verdict({ leaf, intermediates: [], roots, now, usage: 'authority' })).toBe('middle < root');
    const tight = hierarchy({ root: [{ name: 'basicConstraints', cA: true, pathLenConstraint: 0 }] });
    expect(verdict({ leaf, intermediates: [], roots: tight.roots, now, usage: 'authority' })).toBe(
      'untrusted',
    );
  });
});
