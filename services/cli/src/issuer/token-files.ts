import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { TOKEN_SECRET } from '@quintet/proxy';
import { type Clock, sleep } from '@quintet/runtime/command';
import { writeFileAtomically } from '../files.ts';
import { type LocalIssuer, TOKEN_LIFETIME_MS } from './local-issuer.ts';

/** Whose token lies in which folder. */
export type TokenFolder = {
  readonly folder: string;
  readonly namespace: string;
  readonly serviceAccount: string;
};

/** File with the token as it is, for our services. */
export const TOKEN_FILE = 'token';
/** File with the token as an SDS answer, for an Envoy. */
export const TOKEN_SDS_FILE = 'sds.json';

export type TokenFilesOptions = {
  readonly issuer: LocalIssuer;
  readonly folders: readonly TokenFolder[];
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Told when tokens could not be written; it is tried again. */
  readonly onError: (error: unknown) => void;
};

const RETRY_MS = 10_000;

/** Writes all tokens, resolves when they are there, and rewrites them at half of their lifetime until `signal`. */
export async function keepTokenFiles(options: TokenFilesOptions): Promise<void> {
  await writeAll(options);
  void renew(options);
}

async function renew(options: TokenFilesOptions): Promise<void> {
  const { clock, signal } = options;
  let waitMs = TOKEN_LIFETIME_MS / 2;
  while (!signal.aborted) {
    await sleep(clock, waitMs, signal);
    if (signal.aborted) return;
    try {
      await writeAll(options);
      waitMs = TOKEN_LIFETIME_MS / 2;
    } catch (error) {
      options.onError(error);
      waitMs = RETRY_MS;
    }
  }
}

async function writeAll({ issuer, folders, clock }: TokenFilesOptions): Promise<void> {
  for (const { folder, namespace, serviceAccount } of folders) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const token = issuer.token({ namespace, serviceAccount }, clock.now());
    await writeFileAtomically(join(folder, TOKEN_FILE), token);
    await writeFileAtomically(join(folder, TOKEN_SDS_FILE), JSON.stringify(sdsAnswer(token)));
  }
}

function sdsAnswer(token: string): unknown {
  return {
    resources: [
      {
        '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret',
        name: TOKEN_SECRET,
        generic_secret: { secret: { inline_string: token } },
      },
    ],
  };
}
