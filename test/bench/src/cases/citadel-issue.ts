import { randomBytes } from 'node:crypto';
import {
  certificatePem,
  createCsr,
  createIssuer,
  createSelfSignedRoot,
  generateKeyPair,
  type Issuer,
  parseCsr,
} from '@quintet/pki';
import type { BenchCase } from '../bench-case.ts';
import { costOf } from '../measure/in-process.ts';

const COUNT = 5000;
const KEYS = 50;
const DAY_MS = 24 * 3600 * 1000;
const NAMES = { uris: ['spiffe://cluster.local/ns/default/sa/reviews'], dnsNames: [], ipAddresses: [] };

export const citadelIssue: BenchCase = {
  name: 'citadel-issue',
  about: `What citadel does for a certificate between the request and its answer: parse the CSR and verify its signature, sign, read the certificate back and compare it, write it as PEM. EC P-256, ${KEYS} keys in turn, ${COUNT} certificates, one thread.`,
  async run() {
    const issuer = await createRoot();
    const csrs: string[] = [];
    for (let key = 0; key < KEYS; key += 1)
      csrs.push(createCsr({ keyPair: await generateKeyPair({ type: 'ec' }) }));
    let turn = 0;
    const work = (): void => {
      const csr = csrs[turn++ % KEYS];
      if (csr !== undefined) issueFor(issuer, csr);
    };
    const { cpuNs } = costOf(work, { warmUp: COUNT / 10, count: COUNT });
    return [
      {
        what: 'certificates of one core',
        value: 1e9 / cpuNs,
        unit: 'per second',
        note: 'Go crypto/x509: 6460',
      },
      { what: 'one certificate, CPU', value: cpuNs / 1000, unit: 'us', note: 'Go crypto/x509: 155' },
    ];
  },
};

async function createRoot(): Promise<Issuer> {
  const keyPair = await generateKeyPair({ type: 'ec' });
  const now = Date.now();
  const times = { notBefore: now - DAY_MS, notAfter: now + 365 * DAY_MS };
  const certificate = createSelfSignedRoot({
    ...times,
    keyPair,
    organization: 'cluster.local',
    serial: randomBytes(16),
  });
  return createIssuer({ certificate, privateKey: keyPair.privateKey });
}

function issueFor(issuer: Issuer, csrPem: string): string {
  const now = Date.now();
  const { publicKeyInfo } = parseCsr(csrPem);
  const times = { notBefore: now - 60_000, notAfter: now + DAY_MS };
  return certificatePem({
    der: issuer.issue({ publicKeyInfo, names: NAMES, serial: randomBytes(16), ...times }),
  });
}
