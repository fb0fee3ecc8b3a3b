/** Identifier octets of the ASN.1 types that certificates use (X.690, RFC 5280). */
export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  utf8String: 0x0c,
  printableString: 0x13,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** Identifier octet of a context-specific field, e.g. `[0]`. */
export function contextTag(number: number, options: { readonly constructed: boolean }): number {
  return (options.constructed ? 0xa0 : 0x80) | number;
}
