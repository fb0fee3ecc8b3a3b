import type { ChannelCredentials, ServerCredentials } from '@grpc/grpc-js';
import type { Clock } from '../clock/clock.ts';
import type { HealthResult } from '../health/health.ts';
import type { Component } from '../service/component.ts';
import {
  type ClientCertificateMode,
  channelCredentials,
  serverCredentials,
} from '../tls/grpc-credentials.ts';
import type { CertificateHolder } from './certificate-holder.ts';
import { createCertificateSlot } from './certificate-holder.ts';
import { type Certificates, type CertificateTexts, checkCertificates } from './certificates.ts';

/**
 * Who a process is. Without a certificate it lives, is not ready and keeps trying; there is no way from here to
 * plaintext.
 */
export type ServiceIdentity = Component &
  CertificateHolder & {
    serverCredentials(options: { readonly clientCertificate: ClientCertificateMode }): ServerCredentials;
    /** `peers`: SPIFFE ids that the server may have, stars as in allow lists. */
    channelCredentials(options: { readonly peers: readonly string[] }): ChannelCredentials;
  };

/** The credentials that a holder gives. */
export function credentialsOf(
  holder: CertificateHolder,
): Pick<ServiceIdentity, 'serverCredentials' | 'channelCredentials'> {
  return {
    serverCredentials: (options) => serverCredentials(holder, options),
    channelCredentials: (options) => channelCredentials(holder, options),
  };
}

/** Readiness: `problem` is what went wrong at the last attempt, if it did. */
export function identityHealth(
  certificates: Certificates | undefined,
  options: { readonly now: number; readonly problem: string | undefined },
): HealthResult {
  const { now, problem } = options;
  if (certificates === undefined)
    return { state: 'failed', detail: `no certificate: ${problem ?? 'not asked yet'}` };
  const ends = new Date(certificates.notAfter).toISOString();
  if (certificates.notAfter <= now) {
    return { state: 'failed', detail: `the certificate expired at ${ends}: ${problem ?? 'not renewed'}` };
  }
  if (problem !== undefined)
    return { state: 'degraded', detail: `not renewed, valid until ${ends}: ${problem}` };
  return { state: 'ok', detail: `${certificates.spiffeId} until ${ends}` };
}

/** An identity whose certificates its owner makes: citadel's own, and those of tests. */
export type StaticIdentity = ServiceIdentity & { update(texts: CertificateTexts): void };

/** Throws `failed_precondition` when the certificates do not belong together or are not valid now. */
export function createStaticIdentity(options: {
  readonly certificates: CertificateTexts;
  readonly clock: Clock;
}): StaticIdentity {
  const { clock } = options;
  const slot = createCertificateSlot();
  const update = (texts: CertificateTexts) => slot.set(checkCertificates(texts, clock.now()));
  update(options.certificates);
  return {
    name: 'identity',
    current: slot.current,
    onChange: slot.onChange,
    update,
    ...credentialsOf(slot),
    checks: [
      {
        name: 'identity',
        check: () => identityHealth(slot.current(), { now: clock.now(), problem: undefined }),
      },
    ],
  };
}
