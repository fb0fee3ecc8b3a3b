import { type Certificate, PkiError } from '@quintet/pki';
import { errorText, type Log, MeshError } from '@quintet/runtime';
import { type Authority, type AuthorityMaterial, createAuthority } from './authority.ts';
import { type PluggedInFiles, readPluggedInAuthority } from './plugged-in-authority.ts';
import {
  openSelfSignedAuthority,
  renewSelfSignedAuthority,
  rootRenewalDue,
  type SelfSignedOptions,
} from './self-signed-authority.ts';

/** The one place where the authority of this process is. */
export type AuthorityKeeper = {
  readonly current: () => Authority;
  /**
   * Looks at what is stored: takes over what another instance or an operator put there, renews a self-signed root that is
   * due. Answers whether the authority changed. A failure leaves the authority that works.
   */
  readonly check: () => Promise<boolean>;
};

/** Where the authority comes from. `gracePercent`: a self-signed root with less than this of its life left is renewed. */
export type AuthoritySource =
  | { readonly kind: 'self-signed'; readonly options: SelfSignedOptions; readonly gracePercent: number }
  | { readonly kind: 'plugged-in'; readonly files: PluggedInFiles };

/** Opens the authority. Throws `failed_precondition` and says what is wrong with which file. */
export async function openAuthority(options: {
  readonly source: AuthoritySource;
  readonly now: () => number;
  readonly log: Log;
}): Promise<AuthorityKeeper> {
  const { source, now, log } = options;
  let authority = await explain(async () => createAuthority(await load(source, now()), now()));
  log.info({ source: source.kind, root: describe(authority.root) }, 'authority opened');
  return {
    current: () => authority,
    async check() {
      try {
        const next = createAuthority(await load(source, now()), now());
        if (fingerprint(next) === fingerprint(authority)) return false;
        authority = next;
        log.info({ source: source.kind, root: describe(next.root) }, 'authority changed');
        return true;
      } catch (error) {
        log.error({ err: error }, 'the stored authority cannot be used; the one in memory stays');
        return false;
      }
    },
  };
}

async function load(source: AuthoritySource, now: number): Promise<AuthorityMaterial> {
  if (source.kind === 'plugged-in') return await readPluggedInAuthority(source.files);
  const found = await openSelfSignedAuthority(source.options);
  const due = rootRenewalDue(found.certificate, { now, gracePercent: source.gracePercent });
  return due ? await renewSelfSignedAuthority(source.options, found) : found;
}

async function explain(open: () => Promise<Authority>): Promise<Authority> {
  try {
    return await open();
  } catch (error) {
    if (!(error instanceof PkiError)) throw error;
    throw new MeshError(
      'failed_precondition',
      `the certificate authority cannot be used: ${errorText(error)}`,
      { cause: error },
    );
  }
}

function fingerprint({ chain, material }: Authority): string {
  return [...chain, material.certificate, ...material.roots]
    .map((one) => Buffer.from(one.der).toString('base64'))
    .join();
}

function describe(certificate: Certificate): object {
  const { organization, serial, notAfter } = certificate;
  return { organization, serial, notAfter: new Date(notAfter).toISOString() };
}
