import { parseSpiffeId, spiffeId } from '@quintet/model';
import type { Authenticator } from './authenticator.ts';
import type { TokenKey } from './jwks.ts';
import { verifyToken } from './jwt.ts';

/** The audience of tokens meant for citadel; a token made for another server is of no use here. */
export const TOKEN_AUDIENCE = 'istio-ca';

/** Whom to believe. `keys` and `now` (ms since 1970) are asked at each call: keys may be replaced meanwhile. */
export type JwtAuthenticatorOptions = {
  readonly issuer: string;
  readonly trustDomain: string;
  readonly keys: () => readonly TokenKey[];
  readonly now: () => number;
};

const SUBJECT = /^system:serviceaccount:([^:]+):([^:]+)$/;

/** Recognises service accounts by tokens of one issuer, the way Kubernetes names them in `sub`. */
export function jwtAuthenticator(options: JwtAuthenticatorOptions): Authenticator {
  const { issuer, trustDomain } = options;
  return {
    name: 'token',
    async authenticate({ token }) {
      if (token === undefined) return undefined;
      const found = verifyToken(token, {
        issuer,
        audience: TOKEN_AUDIENCE,
        keys: options.keys(),
        now: options.now(),
      });
      if ('refused' in found) return found;
      const [, namespace = '', serviceAccount = ''] = SUBJECT.exec(found.subject) ?? [];
      const id = spiffeId({ trustDomain, namespace, serviceAccount });
      if (parseSpiffeId(id) === undefined) return { refused: 'its "sub" is not a service account' };
      return { spiffeId: id, method: 'token' };
    },
  };
}
