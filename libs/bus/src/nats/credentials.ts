import { readFile } from 'node:fs/promises';
import { type CertificateHolder, MeshError, peerCheck } from '@quintet/runtime';
import { type ConnectionOptions, nkeyAuthenticator } from 'nats';

/** How a client shows who it is. */
export type BusCredentials =
  /** A file with the seed of an nkey, mode 0600; read for every connection. */
  | { readonly kind: 'nkey'; readonly seedFile: string }
  /** The mesh identity; the server must have one of the SPIFFE ids. */
  | { readonly kind: 'certificate'; readonly holder: CertificateHolder; readonly peers: readonly string[] };

/** What the nats client is told; rejects with `unavailable` while there is nothing to show. */
export async function connectionOptions(credentials: BusCredentials): Promise<Partial<ConnectionOptions>> {
  if (credentials.kind === 'nkey') {
    const seed = await readSeed(credentials.seedFile);
    return { authenticator: nkeyAuthenticator(new TextEncoder().encode(seed)) };
  }
  const { holder, peers } = credentials;
  if (holder.current() === undefined) {
    throw new MeshError('unavailable', 'no certificate to show to the bus yet');
  }
  // The client reads these for every connection that it makes again: by then the certificates are others.
  const tls = {
    get cert() {
      return holder.current()?.certChainPem ?? '';
    },
    get key() {
      return holder.current()?.keyPem ?? '';
    },
    get ca() {
      return holder.current()?.rootPem ?? '';
    },
    // Handed on to tls.connect as it is: the server's name is its SPIFFE id.
    checkServerIdentity: peerCheck(peers),
  };
  return { tls };
}

async function readSeed(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (cause) {
    throw new MeshError('unavailable', `cannot read ${file}`, { cause });
  }
}
