import { MeshError } from '@quintet/runtime';

export type GalleySource = {
  readonly kind: 'galley';
  readonly address: string;
  /** By mTLS, else in plaintext. */
  readonly secure: boolean;
};

export type FileSource = { readonly kind: 'files'; readonly path: string };

/** Where configuration comes from. */
export type ConfigSource = GalleySource | FileSource;

/** Reads the value of `--configStoreURL`. Throws `invalid_argument` for what is no such URL. */
export function parseConfigSource(url: string): ConfigSource {
  const [, path] = /^fs:\/\/(\/?[^/].*)$/.exec(url) ?? [];
  if (path !== undefined) return { kind: 'files', path };
  const [, scheme, address] = /^(mcps?):\/\/([^/]+)\/?$/.exec(url) ?? [];
  if (scheme === undefined || address === undefined) {
    const expected = 'mcps://host:port, mcp://host:port or fs:///directory';
    throw new MeshError(
      'invalid_argument',
      `--configStoreURL: found ${JSON.stringify(url)}, expected ${expected}`,
    );
  }
  return { kind: 'galley', address, secure: scheme === 'mcps' };
}
