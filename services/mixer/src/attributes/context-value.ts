import type { AttributeManifest, Value } from '@quintet/expr';
import { parseIp, standardManifest } from '@quintet/expr';

/**
 * Reads an attribute that travels as text in the context of a route or listener, by its type in the standard
 * vocabulary; undefined for empty text, for other names and for text that is no value of the type.
 */
export function contextValue(
  name: string,
  text: string | undefined,
  manifest: AttributeManifest = standardManifest,
): Value | undefined {
  if (text === undefined || text === '') return undefined;
  switch (manifest.get(name)) {
    case 'STRING':
      return text;
    case 'IP_ADDRESS':
      return parseIp(text);
    case 'INT64':
      return /^-?\d{1,18}$/.test(text) ? BigInt(text) : undefined;
    case 'BOOL':
      return text === 'true' ? true : text === 'false' ? false : undefined;
    default:
      return undefined;
  }
}
