import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createBackoff, type Random } from '../clock/backoff.ts';
import { type Clock, sleep } from '../clock/clock.ts';
import { errorText, MeshError } from '../errors/mesh-error.ts';
import { createFailureLog, type FailureLog } from '../log/failure-log.ts';
import type { Log } from '../log/log.ts';
import { type CertificateSlot, createCertificateSlot } from './certificate-holder.ts';
import { type Certificates, checkCertificates } from './certificates.ts';
import { type CitadelOptions, renewalDelay, requestCertificate } from './request-certificate.ts';
import { credentialsOf, identityHealth, type ServiceIdentity } from './service-identity.ts';
import { watchDirectory } from './watch-directory.ts';

export type CitadelIdentityOptions = {
  readonly citadel: CitadelOptions;
  /** Rewritten by its issuer; read for every request. */
  readonly tokenFile: string;
  readonly rootFile: string;
  /** Wanted lifetime of certificates, milliseconds; citadel's default when 0. */
  readonly lifetimeMs: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
};

const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 15_000;
/** Of a certificate's life, so that a short one is not lost to a long wait. */
const RETRY_SHARE = 1 / 20;
const LONGEST_TIMEOUT_MS = 10_000;
const TIMEOUT_SHARE = 1 / 30;

/** What the renewal tells the rest. */
type Renewal = {
  readonly slot: CertificateSlot;
  readonly signal: AbortSignal;
  /** Why the last attempt gave nothing; undefined after a success. */
  problem: string | undefined;
};

/** An identity that citadel signs for a token: key in memory, renewed at half-life, asked for until it is there. */
export function createCitadelIdentity(options: CitadelIdentityOptions): ServiceIdentity {
  const { clock, log, rootFile } = options;
  const rootFailures = createFailureLog({
    ...{ log, clock },
    failing: 'the new roots are not taken',
    recovered: 'the roots can be taken again',
  });
  const slot = createCertificateSlot();
  const stop = new AbortController();
  const renewal: Renewal = { slot, signal: stop.signal, problem: undefined };
  const health = () => identityHealth(slot.current(), { now: clock.now(), problem: renewal.problem });
  let unwatch: (() => void) | undefined;
  return {
    name: 'identity',
    current: slot.current,
    onChange: slot.onChange,
    ...credentialsOf(slot),
    checks: [{ name: 'identity', check: health }],
    start() {
      const onChange = () => void takeNewRoots(slot, options, rootFailures);
      unwatch = watchDirectory({ directory: dirname(rootFile), clock, onChange });
      void keepRenewing(options, renewal);
    },
    stop() {
      stop.abort();
      unwatch?.();
    },
  };
}

async function keepRenewing(options: CitadelIdentityOptions, renewal: Renewal): Promise<void> {
  const { clock, log, random } = options;
  const { slot, signal } = renewal;
  const failures = createFailureLog({
    ...{ log, clock },
    failing: 'no certificate; trying again',
    recovered: 'citadel gives certificates again',
  });
  const backoff = createBackoff({ initialMs: FIRST_RETRY_MS, maxMs: LONGEST_RETRY_MS, random });
  while (!signal.aborted) {
    let waitMs: number;
    try {
      const certificates = await request(options, { signal, current: slot.current() });
      if (signal.aborted) return;
      backoff.reset();
      renewal.problem = undefined;
      failures.succeeded();
      slot.set(certificates);
      const { spiffeId, notAfter } = certificates;
      waitMs = renewalDelay({ notAfter, now: clock.now(), random });
      const renewInMs = Math.round(waitMs);
      log.info({ spiffeId, notAfter: new Date(notAfter), renewInMs }, 'certificate received');
    } catch (error) {
      if (signal.aborted) return;
      waitMs = Math.min(backoff.next(), retryLimit(slot.current()));
      renewal.problem = errorText(error);
      failures.failed(error);
    }
    await sleep(clock, waitMs, signal);
  }
}

function retryLimit(current: { notBefore: number; notAfter: number } | undefined): number {
  if (current === undefined) return LONGEST_RETRY_MS;
  return Math.max(FIRST_RETRY_MS, (current.notAfter - current.notBefore) * RETRY_SHARE);
}

/** A citadel that takes calls and does not answer must not cost more of a life than one that is not there. */
function requestTimeout(current: { notBefore: number; notAfter: number } | undefined): number {
  if (current === undefined) return LONGEST_TIMEOUT_MS;
  const share = (current.notAfter - current.notBefore) * TIMEOUT_SHARE;
  return Math.min(LONGEST_TIMEOUT_MS, Math.max(FIRST_RETRY_MS, share));
}

async function request(
  options: CitadelIdentityOptions,
  { signal, current }: { signal: AbortSignal; current: Certificates | undefined },
) {
  const { citadel, lifetimeMs, clock } = options;
  const rootPem = await readText(options.rootFile);
  const token = (await readText(options.tokenFile)).trim();
  const timeoutMs = requestTimeout(current);
  return requestCertificate({ citadel, rootPem, token, lifetimeMs, timeoutMs, now: clock.now, signal });
}

/** Roots change while certificates live: both sides of a rotation must trust both before the first new leaf. */
async function takeNewRoots(
  slot: CertificateSlot,
  { rootFile, clock, log }: CitadelIdentityOptions,
  failures: FailureLog,
): Promise<void> {
  const current = slot.current();
  if (current === undefined) return;
  try {
    const rootPem = await readText(rootFile);
    const renewed = checkCertificates({ ...current, rootPem }, clock.now());
    failures.succeeded({ rootFile });
    if (rootPem === current.rootPem || slot.current() !== current) return;
    slot.set(renewed);
    log.info({ rootFile }, 'new roots');
  } catch (error) {
    failures.failed(error, { rootFile });
  }
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new MeshError('unavailable', `cannot read ${file}`, { cause });
  }
}
