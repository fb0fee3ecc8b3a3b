import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createSecureContext } from 'node:tls';
import {
  type CertificateHolder,
  type Clock,
  type Component,
  createFailureLog,
  errorText,
  type HealthResult,
  type Log,
  MeshError,
  watchDirectory,
} from '@quintet/runtime';

/** What the webhook shows to those who connect. */
export type WebhookCertificate = {
  readonly cert: string;
  readonly key: string;
  /** Milliseconds since 1970. */
  readonly notAfter: number;
};

/** Where the certificate comes from; it may change at any time. */
export type WebhookCertificateSource = {
  current(): WebhookCertificate | undefined;
  /** Calls `listener` with each new certificate; returns what ends that. */
  onChange(listener: (certificate: WebhookCertificate) => void): () => void;
};

/** The identity of the service as the certificate of its webhook. */
export function certificateOfIdentity(identity: CertificateHolder): WebhookCertificateSource {
  const convert = (one: { certChainPem: string; keyPem: string; notAfter: number }): WebhookCertificate => ({
    cert: one.certChainPem,
    key: one.keyPem,
    notAfter: one.notAfter,
  });
  return {
    current() {
      const certificates = identity.current();
      return certificates && convert(certificates);
    },
    onChange: (listener) => identity.onChange((certificates) => listener(convert(certificates))),
  };
}

export type CertificateFilesOptions = {
  readonly certFile: string;
  readonly keyFile: string;
  readonly clock: Clock;
  readonly log: Log;
};

/**
 * Certificate and key from files that somebody else renews. The start fails when they cannot be used; later a pair that
 * does not fit together leaves what is in use.
 */
export function createCertificateFiles(
  options: CertificateFilesOptions,
): Component & WebhookCertificateSource {
  const { certFile, keyFile, clock, log } = options;
  const listeners = new Set<(certificate: WebhookCertificate) => void>();
  let current: WebhookCertificate | undefined;
  const failures = createFailureLog({
    ...{ log, clock },
    failing: 'cannot load the certificate',
    recovered: 'the certificate can be loaded again',
  });
  let problem: string | undefined;
  let unwatch: (() => void)[] = [];
  const load = async () => {
    try {
      const next = await readPair(certFile, keyFile);
      problem = undefined;
      failures.succeeded({ certFile });
      if (next.cert === current?.cert && next.key === current.key) return;
      current = next;
      log.info({ certFile, notAfter: new Date(next.notAfter) }, 'certificate loaded');
      for (const listener of listeners) listener(next);
    } catch (error) {
      problem = errorText(error);
      failures.failed(error, { certFile });
    }
  };
  return {
    name: 'certificate',
    current: () => current,
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    checks: [{ name: 'certificate', check: () => healthOf(current, { problem, now: clock.now() }) }],
    async start() {
      await load();
      if (current === undefined) throw new MeshError('failed_precondition', problem ?? 'no certificate');
      const folders = new Set([dirname(certFile), dirname(keyFile)]);
      unwatch = [...folders].map((directory) =>
        watchDirectory({ directory, clock, onChange: () => void load() }),
      );
    },
    stop() {
      for (const end of unwatch) end();
    },
  };
}

async function readPair(certFile: string, keyFile: string): Promise<WebhookCertificate> {
  const read = async (file: string) => {
    try {
      return await readFile(file, 'utf8');
    } catch (cause) {
      throw new MeshError('failed_precondition', `cannot read ${file}`, { cause });
    }
  };
  const [cert, key] = await Promise.all([read(certFile), read(keyFile)]);
  try {
    // Throws for broken texts and for a key that is not the certificate's.
    createSecureContext({ cert, key });
    return { cert, key, notAfter: Date.parse(new X509Certificate(cert).validTo) };
  } catch (cause) {
    const message = `${certFile} and ${keyFile} are no certificate and its key`;
    throw new MeshError('failed_precondition', message, { cause });
  }
}

function healthOf(
  current: WebhookCertificate | undefined,
  { problem, now }: { readonly problem: string | undefined; readonly now: number },
): HealthResult {
  if (current === undefined) return { state: 'failed', detail: problem ?? 'none yet' };
  if (current.notAfter <= now) {
    return { state: 'failed', detail: `it ended at ${new Date(current.notAfter).toISOString()}` };
  }
  return problem === undefined ? { state: 'ok' } : { state: 'degraded', detail: problem };
}
