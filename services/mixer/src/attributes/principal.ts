const SCHEME = 'spiffe://';

/** A SPIFFE id as the attributes `source.principal` and `destination.principal` carry it: without its scheme. */
export function principalOf(spiffeId: string): string {
  return spiffeId.startsWith(SCHEME) ? spiffeId.slice(SCHEME.length) : spiffeId;
}

/** The SPIFFE id among the alternative names of a certificate, else the first name. */
export function spiffeIdAmong(names: readonly string[]): string | undefined {
  return names.find((name) => name.startsWith(SCHEME)) ?? names[0];
}
