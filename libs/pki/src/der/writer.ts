import { TAG } from './tags.ts';
import { timeText } from './time.ts';

/** One element around its parts. The hot path of issuing: bytes in, bytes out, no tree in between. */
export function tlv(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const header = length < 0x80 ? 2 : length < 0x100 ? 3 : length < 0x10000 ? 4 : 5;
  const out = Buffer.allocUnsafe(header + length);
  out[0] = tag;
  if (header === 2) out[1] = length;
  else {
    out[1] = 0x80 | (header - 2);
    out.writeUIntBE(length, 2, header - 2);
  }
  let offset = header;
  for (const part of parts) {
    out.set(part, offset);
    offset += part.length;
  }
  return out;
}

/** An INTEGER from a big-endian magnitude, always positive and minimal. */
export function positiveInteger(magnitude: Uint8Array): Buffer {
  let start = 0;
  while (start < magnitude.length - 1 && magnitude[start] === 0) start++;
  const bytes = magnitude.subarray(start);
  return (bytes[0] ?? 0) >= 0x80 ? tlv(TAG.integer, Buffer.of(0), bytes) : tlv(TAG.integer, bytes);
}

/** A BIT STRING of whole octets. */
export function bitString(octets: Uint8Array): Buffer {
  return tlv(TAG.bitString, Buffer.of(0), octets);
}

/** A `Time` of RFC 5280 from ms since 1970. */
export function time(value: number): Buffer {
  const { tag, text } = timeText(value);
  return tlv(tag, Buffer.from(text, 'latin1'));
}
