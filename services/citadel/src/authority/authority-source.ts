import { type ConfigOf, MeshError } from '@quintet/runtime';
import type { CONFIG } from '../config.ts';
import type { AuthoritySource } from './authority-keeper.ts';
import { readCertificates } from './plugged-in-authority.ts';

/**
 * Where the flags say that the authority is. Throws `invalid_argument` when they name none, `failed_precondition` when
 * further roots cannot be read. `serial` gives 16 random bytes at each call.
 */
export async function authoritySource(
  config: ConfigOf<typeof CONFIG>,
  { now, serial }: { readonly now: () => number; readonly serial: () => Uint8Array },
): Promise<AuthoritySource> {
  const { selfSignedCa, caDir, signingCert, signingKey, rootCert, certChain } = config;
  if (selfSignedCa) {
    if (caDir === undefined) throw new MeshError('invalid_argument', '--self-signed-ca needs --ca-dir');
    const extraRoots = rootCert === undefined ? [] : await readCertificates(rootCert);
    return {
      kind: 'self-signed',
      gracePercent: config.rootGracePercent,
      options: {
        ...{
          directory: caDir,
          organization: config.trustDomain,
          rootTtlMs: config.rootTtl,
          extraRoots,
          now,
          serial,
        },
        keyType: config.caKeyType === 'rsa' ? { type: 'rsa' } : { type: 'ec' },
      },
    };
  }
  if (signingCert === undefined || signingKey === undefined || rootCert === undefined) {
    throw new MeshError(
      'invalid_argument',
      'no authority: expected --self-signed-ca with --ca-dir, or --signing-cert, --signing-key and --root-cert',
    );
  }
  const files = { signingCert, signingKey, rootCert, ...(certChain !== undefined && { certChain }) };
  return { kind: 'plugged-in', files };
}
