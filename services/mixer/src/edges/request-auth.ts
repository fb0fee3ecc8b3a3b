import type { JsonObject } from '@bufbuild/protobuf';
import { stringMap, type Value } from '@quintet/expr';

/** Where Envoy's JWT filter leaves the payloads of verified tokens. */
export const JWT_NAMESPACE = 'envoy.filters.http.jwt_authn';

/** The payload of the request's verified token: the first with an issuer and a subject. */
export function verifiedClaims(
  metadata: { readonly [namespace: string]: JsonObject } | undefined,
): JsonObject | undefined {
  for (const payload of Object.values(metadata?.[JWT_NAMESPACE] ?? {})) {
    if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) continue;
    if (typeof payload.iss === 'string' && typeof payload.sub === 'string') return payload;
  }
  return undefined;
}

/** `request.auth.*` of a token's claims, by attribute name. */
export const AUTH_ATTRIBUTES: ReadonlyMap<string, (claims: JsonObject) => Value | undefined> = new Map<
  string,
  (claims: JsonObject) => Value | undefined
>([
  ['request.auth.principal', (claims) => `${text(claims.iss) ?? ''}/${text(claims.sub) ?? ''}`],
  [
    'request.auth.audiences',
    (claims) => (Array.isArray(claims.aud) ? claims.aud.map(String).join(',') : text(claims.aud)),
  ],
  ['request.auth.presenter', (claims) => text(claims.azp)],
  ['request.auth.raw_claims', (claims) => JSON.stringify(claims)],
  [
    'request.auth.claims',
    (claims) =>
      stringMap(
        new Map(
          Object.entries(claims).filter((claim): claim is [string, string] => typeof claim[1] === 'string'),
        ),
      ),
  ],
]);

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
