import { join } from 'node:path';
import {
  type Component,
  ensurePrivateDirectory,
  errorText,
  type Log,
  type ServiceIdentity,
  writeFileAtomically,
} from '@quintet/runtime';

/** Writes an identity for a process that reads files: a NATS server, or a service that is not one of ours. */
export type CertificateFilesOptions = {
  /** Made with mode 0700; gets `root-cert.pem`, `key.pem`, `cert-chain.pem`. */
  readonly directory: string;
  readonly identity: ServiceIdentity;
  readonly log: Log;
};

/**
 * Keeps the files as new as the identity. Each file is replaced as a whole, the chain last: who reloads when it changes
 * finds the key that belongs to it. A failed write is tried again with the next certificate; the files stay as they are.
 */
export function createCertificateFiles(options: CertificateFilesOptions): Component {
  const { directory, identity, log } = options;
  let problem: string | undefined;
  let written = false;
  let last: Promise<void> = Promise.resolve();
  let unsubscribe: (() => void) | undefined;
  const write = async () => {
    const certificates = identity.current();
    if (certificates === undefined) return;
    const put = (name: string, text: string, mode: number) =>
      writeFileAtomically(join(directory, name), { text, mode });
    try {
      await put('root-cert.pem', certificates.rootPem, 0o644);
      await put('key.pem', certificates.keyPem, 0o600);
      await put('cert-chain.pem', certificates.certChainPem, 0o644);
      written = true;
      problem = undefined;
      log.info({ directory, spiffeId: certificates.spiffeId }, 'certificate files written');
    } catch (error) {
      problem = errorText(error);
      log.error({ directory, err: error }, 'certificate files cannot be written');
    }
  };
  const queue = () => {
    last = last.then(write);
  };
  return {
    name: 'certificate-files',
    async start() {
      await ensurePrivateDirectory(directory);
      unsubscribe = identity.onChange(queue);
      queue();
    },
    async stop() {
      unsubscribe?.();
      await last;
    },
    checks: [
      {
        name: 'certificate-files',
        check: () => {
          if (problem !== undefined) return { state: 'degraded', detail: problem };
          return written
            ? { state: 'ok' }
            : { state: 'failed', detail: `nothing written to ${directory} yet` };
        },
      },
    ],
  };
}
