import { parseSpiffeId } from '@quintet/model';
import type { Authenticator } from './authenticator.ts';

/** Recognises the holder of a certificate of this trust domain: it may have another one for the same identity. */
export function clientCertificateAuthenticator(options: { readonly trustDomain: string }): Authenticator {
  return {
    name: 'client certificate',
    async authenticate({ certificateId }) {
      if (certificateId === undefined) return undefined;
      const identity = parseSpiffeId(certificateId);
      if (identity === undefined) return { refused: 'its name is not that of a workload' };
      if (identity.trustDomain !== options.trustDomain)
        return { refused: `trust domain ${identity.trustDomain}` };
      return { spiffeId: certificateId, method: 'client certificate' };
    },
  };
}
