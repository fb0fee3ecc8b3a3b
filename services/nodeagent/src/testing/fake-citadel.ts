import { type Certificates, type Clock, MeshError, sleep } from '@quintet/runtime';
import type { CertificateSource } from '../secrets/certificate-source.ts';

/** A citadel for tests: signs for whoever the token names, unless it is told to be away. */
export type FakeCitadel = {
  readonly source: CertificateSource;
  /** `refusing`: nobody listens. `hanging`: takes calls and never answers. `denying`: accepts no token. */
  state: 'up' | 'refusing' | 'hanging' | 'denying';
  /** Tokens of the calls that were answered with a certificate. */
  readonly signed: string[];
  calls: number;
};

export function createFakeCitadel(options: {
  readonly clock: Clock;
  readonly lifetimeMs: number;
}): FakeCitadel {
  const { clock, lifetimeMs } = options;
  const citadel: FakeCitadel = {
    state: 'up',
    signed: [],
    calls: 0,
    async source({ token, timeoutMs, signal }) {
      citadel.calls++;
      if (citadel.state === 'refusing') throw new MeshError('unavailable', 'connection refused');
      if (citadel.state === 'denying') throw new MeshError('unauthenticated', 'request authenticate failure');
      if (citadel.state === 'hanging') {
        await sleep(clock, timeoutMs, signal);
        throw new MeshError('deadline_exceeded', 'no answer');
      }
      citadel.signed.push(token);
      return certificatesFor(subjectOf(token), {
        number: citadel.signed.length,
        now: clock.now(),
        lifetimeMs,
      });
    },
  };
  return citadel;
}

/** A token that expires at a time (ms since 1970) and is for a service account of `default`; `id` makes it another one. */
export function fakeToken(serviceAccount: string, expires: number, id = ''): string {
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const sub = `system:serviceaccount:default:${serviceAccount}`;
  return `${encode({})}.${encode({ sub, exp: expires / 1000, id })}.${encode('signature')}`;
}

function subjectOf(token: string): string {
  const { sub } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  return String(sub).split(':').at(-1) ?? '';
}

function certificatesFor(
  name: string,
  made: { number: number; now: number; lifetimeMs: number },
): Certificates {
  return {
    spiffeId: `spiffe://cluster.local/ns/default/sa/${name}`,
    certChainPem: `chain ${made.number}`,
    keyPem: `key ${made.number}`,
    rootPem: 'root',
    notBefore: made.now,
    notAfter: made.now + made.lifetimeMs,
  };
}
