import { createHash } from 'node:crypto';
import { type Csr, certificatePem, PkiError, parseCsr } from '@quintet/pki';
import { type Log, MeshError } from '@quintet/runtime';
import {
  type Authenticator,
  authenticate,
  type Caller,
  type Credentials,
} from '../authenticate/authenticator.ts';
import type { Authority } from '../authority/authority.ts';
import type { CitadelMetrics } from '../metrics.ts';
import type { KeyedRateLimit } from './keyed-rate-limit.ts';
import { lifetimeFor } from './lifetime.ts';

/** A certificate that was given out, as events and the audit record tell it. Times are ms since 1970. */
export type Issued = {
  readonly spiffeId: string;
  readonly method: string;
  readonly serial: string;
  readonly notAfter: number;
  readonly peer: string;
};

/** What issuing works with. */
export type IssuingOptions = {
  /** The authority of this moment: it is replaced when the root is renewed. */
  readonly authority: () => Authority;
  readonly authenticators: readonly Authenticator[];
  /** Identities that are given to nobody: citadel's own, which signs trust bundles. */
  readonly reserved: ReadonlySet<string>;
  readonly byIdentity: KeyedRateLimit;
  readonly byAddress: KeyedRateLimit;
  readonly defaultTtlMs: number;
  readonly maxTtlMs: number;
  readonly now: () => number;
  /** 16 random bytes at each call. */
  readonly serial: () => Uint8Array;
  readonly log: Log;
  readonly metrics: CitadelMetrics;
  /** Told after the audit record was written. */
  readonly onIssued: (issued: Issued) => void;
};

/** One request for a certificate. */
export type IssueRequest = {
  readonly credentials: Credentials;
  /** Address of the caller, for the audit record and for limits that act before anything is verified. */
  readonly peer: string;
  readonly csrPem: string;
  /** 0 asks for the default. */
  readonly ttlMs: number;
  /** The older service wants a request with names in it, though they are not used. */
  readonly namesRequired: boolean;
};

/** PEM certificates: the leaf, and what follows it up to and including the root. */
export type IssueAnswer = { readonly leaf: string; readonly chain: readonly string[] };

/**
 * Issues a certificate for whoever the caller is shown to be; its CSR gives the key and nothing else. Every outcome is
 * counted and written to the log before it is answered. Refusals are `MeshError`s: `unauthenticated`, `resource_exhausted`,
 * `invalid_argument`; a caller learns no more than that from the first.
 */
export function createIssuing(options: IssuingOptions): (request: IssueRequest) => Promise<IssueAnswer> {
  return async (request) => {
    const { metrics, log } = options;
    metrics.csrCount.add(1);
    if (!options.byAddress.take(hostOf(request.peer))) throw tooMany(`address ${hostOf(request.peer)}`);
    const caller = await recognise(request, options);
    try {
      if (options.reserved.has(caller.spiffeId)) {
        throw new MeshError('permission_denied', `${caller.spiffeId} is given to nobody`);
      }
      if (!options.byIdentity.take(caller.spiffeId)) throw tooMany(caller.spiffeId);
      const csr = readCsr(request, options);
      return sign({ request, caller, csr }, options);
    } catch (error) {
      const code = error instanceof MeshError ? error.code : 'internal';
      log.warn(
        { audit: 'refused', spiffeId: caller.spiffeId, peer: request.peer, code, err: error },
        'no certificate given',
      );
      throw error;
    }
  };
}

async function recognise(
  request: IssueRequest,
  { authenticators, metrics, log }: IssuingOptions,
): Promise<Caller> {
  const answer = await authenticate(request.credentials, authenticators);
  if ('spiffeId' in answer) return answer;
  metrics.authenticationFailureCount.add(1);
  log.warn({ audit: 'refused', peer: request.peer, reasons: answer.refused }, 'caller not recognised');
  throw new MeshError('unauthenticated', 'request authenticate failure');
}

function readCsr({ csrPem, namesRequired }: IssueRequest, { metrics }: IssuingOptions): Csr {
  let csr: Csr;
  try {
    csr = parseCsr(csrPem);
  } catch (cause) {
    if (!(cause instanceof PkiError)) throw cause;
    metrics.csrParsingErrorCount.add(1);
    throw new MeshError('invalid_argument', `${cause.message} (CSR_ERROR)`, { cause });
  }
  if (namesRequired && !csr.hasNames) {
    metrics.idExtractionErrorCount.add(1);
    throw new MeshError('invalid_argument', 'CSR: no subject alternative name (CSR_ERROR)');
  }
  return csr;
}

function sign(
  input: { request: IssueRequest; caller: Caller; csr: Csr },
  options: IssuingOptions,
): IssueAnswer {
  const { request, caller, csr } = input;
  const authority = options.authority();
  const serial = options.serial();
  let der: Uint8Array;
  let validity: { notBefore: number; notAfter: number };
  try {
    validity = lifetimeFor(request.ttlMs, {
      defaultMs: options.defaultTtlMs,
      maxMs: options.maxTtlMs,
      authorityNotAfter: authority.notAfter,
      now: options.now(),
    });
    const names = { uris: [caller.spiffeId], dnsNames: [], ipAddresses: [] };
    der = authority.issuer.issue({ publicKeyInfo: csr.publicKeyInfo, names, serial, ...validity });
  } catch (error) {
    options.metrics.csrSignErrorCount.add(1, { error: signErrorLabel(error) });
    throw error;
  }
  const issued: Issued = {
    spiffeId: caller.spiffeId,
    method: caller.method,
    serial: Buffer.from(serial).toString('hex'),
    notAfter: validity.notAfter,
    peer: request.peer,
  };
  const key = createHash('sha256').update(csr.publicKeyInfo).digest('hex');
  options.log.info(
    { audit: 'issued', ...issued, notAfter: new Date(issued.notAfter).toISOString(), key },
    'certificate issued',
  );
  options.metrics.successCount.add(1);
  options.onIssued(issued);
  return { leaf: certificatePem({ der }), chain: authority.chainPem };
}

/** The classic words for what went wrong. */
function signErrorLabel(error: unknown): string {
  if (error instanceof MeshError) return error.code === 'invalid_argument' ? 'TTL_ERROR' : 'CA_NOT_READY';
  return 'CERT_GEN_ERROR';
}

function hostOf(peer: string): string {
  return peer.replace(/:\d+$/, '');
}

function tooMany(who: string): MeshError {
  return new MeshError('resource_exhausted', `too many requests from ${who}`, { hint: 'retry later' });
}
