import { PkiError } from './error.ts';

/** No bundle of this mesh comes near it; what is longer is refused before it is looked at. */
export const MAX_PEM_LENGTH = 1024 * 1024;

const BLOCK = /-----BEGIN ([A-Z0-9 ]{1,40})-----([A-Za-z0-9+/=\s]*)-----END \1-----/g;

/** One block of a PEM text. */
export type PemBlock = { readonly label: string; readonly bytes: Buffer };

/** Wraps bytes as PEM, lines of 64, newline at the end. */
export function encodePem(label: string, bytes: Uint8Array): string {
  const base64 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
  return `-----BEGIN ${label}-----\n${base64.replace(/.{64}(?=.)/g, '$&\n')}\n-----END ${label}-----\n`;
}

/**
 * Reads every block of a PEM text in order. Text between blocks (comments, as OpenSSL writes them) is skipped; a block that
 * is cut short or holds anything but base64 is `malformed`, never skipped.
 */
export function decodePem(text: string, what: string): PemBlock[] {
  if (text.length > MAX_PEM_LENGTH)
    throw new PkiError('malformed', `${what}: longer than ${MAX_PEM_LENGTH} characters`);
  const blocks: PemBlock[] = [];
  for (const [, label = '', body = ''] of text.matchAll(BLOCK)) {
    blocks.push({ label, bytes: decodeBase64(body.replace(/\s+/g, ''), what) });
  }
  const begun = text.split('-----BEGIN ').length - 1;
  if (begun !== blocks.length)
    throw new PkiError('malformed', `${what}: ${begun - blocks.length} broken PEM block(s)`);
  return blocks;
}

/** The one block a text must hold, with one of these labels and nothing but white space around it. */
export function decodeOnlyPem(
  text: string,
  options: { readonly labels: readonly string[]; readonly what: string },
): Buffer {
  const { labels, what } = options;
  const [block, ...more] = decodePem(text, what);
  if (block === undefined || more.length > 0) {
    throw new PkiError(
      'malformed',
      `${what}: expected one PEM block, found ${block === undefined ? 'none' : more.length + 1}`,
    );
  }
  if (!labels.includes(block.label)) {
    throw new PkiError('malformed', `${what}: expected PEM of ${labels.join(' or ')}, found ${block.label}`);
  }
  const trimmed = text.trim();
  if (!trimmed.startsWith('-----BEGIN ') || !trimmed.endsWith(`-----END ${block.label}-----`)) {
    throw new PkiError('malformed', `${what}: text around the PEM block`);
  }
  return block.bytes;
}

function decodeBase64(text: string, what: string): Buffer {
  const bytes = Buffer.from(text, 'base64');
  if (text.length === 0 || bytes.toString('base64') !== text)
    throw new PkiError('malformed', `${what}: broken base64`);
  return bytes;
}
