import { domainToASCII } from 'node:url';

/**
 * The form of a domain name that is compared: IDNA to ASCII, lower case, without the trailing dot. Undefined when the
 * name does not satisfy the IDNA lookup profile (letters, digits, hyphens; labels up to 63 octets).
 */
export function normalDnsName(name: string): string | undefined {
  const ascii = isAscii(name) ? name.toLowerCase() : domainToASCII(name);
  const bare = ascii.endsWith('.') ? ascii.slice(0, -1) : ascii;
  if (bare === '' || bare.length > 253) return undefined;
  return bare.split('.').every(isLabel) ? bare : undefined;
}

function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 127) return false;
  return true;
}

/** Hyphens stand neither at the ends nor in third and fourth place, except in encoded labels that decode. */
function isLabel(label: string): boolean {
  if (label.length > 63 || !/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(label)) return false;
  if (label.startsWith('xn--')) return domainToASCII(label) !== '';
  return label.slice(2, 4) !== '--';
}
