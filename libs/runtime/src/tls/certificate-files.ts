import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createSecureContext } from 'node:tls';
import type { Clock } from '../clock/clock.ts';
import { errorText, MeshError } from '../errors/mesh-error.ts';
import type { HealthResult } from '../health/health.ts';
import { watchDirectory } from '../identity/watch-directory.ts';
import { createFailureLog } from '../log/failure-log.ts';
import type { Log } from '../log/log.ts';
import type { Component } from '../service/component.ts';
import type { ServerCertificate, ServerCertificateSource } from './server-certificate.ts';

export type CertificateFilesOptions = {
  readonly certFile: string;
  readonly keyFile: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Told when the files come to hold no certificate and its key. */
  readonly onError?: (error: unknown) => void;
};

/**
 * Certificate and key from files that somebody else renews. The start fails when they cannot be used; later a pair that
 * does not fit together leaves what is in use.
 */
export function createCertificateFiles(
  options: CertificateFilesOptions,
): Component & ServerCertificateSource {
  const { certFile, keyFile, clock, log } = options;
  const listeners = new Set<(certificate: ServerCertificate) => void>();
  let current: ServerCertificate | undefined;
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
      if (errorText(error) !== problem) options.onError?.(error);
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

async function readPair(certFile: string, keyFile: string): Promise<ServerCertificate> {
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
  current: ServerCertificate | undefined,
  { problem, now }: { readonly problem: string | undefined; readonly now: number },
): HealthResult {
  if (current === undefined) return { state: 'failed', detail: problem ?? 'none yet' };
  if (current.notAfter <= now) {
    return { state: 'failed', detail: `it ended at ${new Date(current.notAfter).toISOString()}` };
  }
  return problem === undefined ? { state: 'ok' } : { state: 'degraded', detail: problem };
}
