import forge from 'node-forge';
import { DerReader, readOid, readOnly } from './der/reader.ts';
import { TAG } from './der/tags.ts';
import { OID } from './oid.ts';

/** DER of the empty Name: the subject of every workload certificate. */
export const EMPTY_NAME: Uint8Array = Buffer.of(TAG.sequence, 0);

/** DER of a Name with an organization and, if given, a common name, as UTF8String. */
export function encodeName(options: { readonly organization: string; readonly commonName?: string }): Buffer {
  const { asn1 } = forge;
  const attribute = (oid: string, value: string) =>
    asn1.create(asn1.Class.UNIVERSAL, asn1.Type.SET, true, [
      asn1.create(asn1.Class.UNIVERSAL, asn1.Type.SEQUENCE, true, [
        asn1.create(asn1.Class.UNIVERSAL, asn1.Type.OID, false, asn1.oidToDer(oid).getBytes()),
        asn1.create(asn1.Class.UNIVERSAL, asn1.Type.UTF8, false, forge.util.encodeUtf8(value)),
      ]),
    ]);
  const parts = [attribute(OID.organization, options.organization)];
  if (options.commonName !== undefined) parts.push(attribute(OID.commonName, options.commonName));
  const name = asn1.create(asn1.Class.UNIVERSAL, asn1.Type.SEQUENCE, true, parts);
  return Buffer.from(asn1.toDer(name).getBytes(), 'latin1');
}

/** Organization of a Name, empty when it has none. Refuses a Name that is not well formed. */
export function organizationOf(name: Uint8Array, what: string): string {
  const reader = new DerReader(readOnly(name, { tag: TAG.sequence, what }).content, what);
  let organization = '';
  while (!reader.done) {
    const set = reader.enter(TAG.set);
    while (!set.done) {
      const attribute = set.enter(TAG.sequence);
      const oid = readOid(attribute.expect(TAG.oid), what);
      const { content } = attribute.any();
      attribute.end();
      if (oid === OID.organization) organization = Buffer.from(content).toString('utf8');
    }
  }
  return organization;
}
