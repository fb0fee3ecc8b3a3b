import { MeshError } from '@quintet/runtime';

/** Where configuration comes from. */
export type ConfigSource = { readonly address: string; readonly secure: boolean };

/** Reads `mcps://host:port` (mTLS) or `mcp://host:port` (plaintext); throws `invalid_argument` for anything else. */
export function parseConfigSource(url: string): ConfigSource {
  const match = /^(mcps?):\/\/([^/]+)\/?$/.exec(url);
  const [, scheme, address] = match ?? [];
  if (scheme === undefined || address === undefined) {
    throw new MeshError(
      'invalid_argument',
      `--configStoreURL ${url}: expected mcps://host:port or mcp://host:port (galley reads files and Kubernetes)`,
    );
  }
  return { address, secure: scheme === 'mcps' };
}
