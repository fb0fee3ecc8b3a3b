import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../clock/clock.ts';
import { errorText, MeshError } from '../errors/mesh-error.ts';
import { createFailureLog } from '../log/failure-log.ts';
import type { Log } from '../log/log.ts';
import { createCertificateSlot } from './certificate-holder.ts';
import { type CertificateTexts, checkCertificates } from './certificates.ts';
import { credentialsOf, identityHealth, type ServiceIdentity } from './service-identity.ts';
import { watchDirectory } from './watch-directory.ts';

export type FileIdentityOptions = {
  /** Holds `cert-chain.pem`, `key.pem` and `root-cert.pem`: a mounted secret `istio.<service account>`, say. */
  readonly directory: string;
  readonly clock: Clock;
  readonly log: Log;
};

/** An identity from files that somebody else renews; the last good one stays until a better one is there. */
export function createFileIdentity(options: FileIdentityOptions): ServiceIdentity {
  const { directory, clock, log } = options;
  const slot = createCertificateSlot();
  const failures = createFailureLog({
    ...{ log, clock },
    failing: 'cannot load the certificate',
    recovered: 'the certificate can be loaded again',
  });
  let problem: string | undefined;
  let last: string | undefined;
  let unwatch: (() => void) | undefined;
  const load = async () => {
    try {
      const texts = await readTexts(directory);
      const content = JSON.stringify(texts);
      const isNew = content !== last;
      const certificates = checkCertificates(texts, clock.now());
      last = content;
      problem = undefined;
      failures.succeeded({ directory });
      if (!isNew) return;
      slot.set(certificates);
      log.info(
        { spiffeId: certificates.spiffeId, notAfter: new Date(certificates.notAfter) },
        'certificate loaded',
      );
    } catch (error) {
      problem = errorText(error);
      failures.failed(error, { directory });
    }
  };
  return {
    name: 'identity',
    current: slot.current,
    onChange: slot.onChange,
    ...credentialsOf(slot),
    checks: [
      { name: 'identity', check: () => identityHealth(slot.current(), { now: clock.now(), problem }) },
    ],
    async start() {
      unwatch = watchDirectory({ directory, clock, onChange: () => void load() });
      await load();
    },
    stop: () => unwatch?.(),
  };
}

async function readTexts(directory: string): Promise<CertificateTexts> {
  const read = async (name: string) => {
    try {
      return await readFile(join(directory, name), 'utf8');
    } catch (cause) {
      throw new MeshError('unavailable', `cannot read ${join(directory, name)}`, { cause });
    }
  };
  return {
    certChainPem: await read('cert-chain.pem'),
    keyPem: await read('key.pem'),
    rootPem: await read('root-cert.pem'),
  };
}
