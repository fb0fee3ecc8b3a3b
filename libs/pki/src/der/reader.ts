import { PkiError } from '../error.ts';
import { TAG } from './tags.ts';

/** One element: where it stands in the buffer it was read from. */
export type DerElement = {
  readonly tag: number;
  /** The whole element, identifier octet included. */
  readonly raw: Uint8Array;
  readonly content: Uint8Array;
};

/**
 * Reads the elements of one DER value in order. Strict: definite and minimal lengths only, single-octet identifiers only,
 * nothing read beyond the end. Views, not copies. Every problem is a `PkiError` with code `malformed`.
 */
export class DerReader {
  readonly #bytes: Uint8Array;
  readonly #what: string;
  #offset = 0;

  /** `what` names the value in error messages, e.g. `CSR`. */
  constructor(bytes: Uint8Array, what: string) {
    this.#bytes = bytes;
    this.#what = what;
  }

  get done(): boolean {
    return this.#offset === this.#bytes.length;
  }

  /** Tag of the next element, `undefined` at the end. */
  get nextTag(): number | undefined {
    return this.#bytes[this.#offset];
  }

  /** The next element, whatever it is. */
  any(): DerElement {
    const start = this.#offset;
    const tag = this.#byte(start);
    if ((tag & 0x1f) === 0x1f) throw this.#malformed('identifier of more than one octet');
    const { length, header } = this.#length(start + 1);
    const contentStart = start + 1 + header;
    const end = contentStart + length;
    if (end > this.#bytes.length) throw this.#malformed('an element ends after its container');
    this.#offset = end;
    return { tag, raw: this.#bytes.subarray(start, end), content: this.#bytes.subarray(contentStart, end) };
  }

  /** The next element, which must have this tag. */
  expect(tag: number): DerElement {
    const found = this.nextTag;
    if (found !== tag)
      throw this.#malformed(
        `expected tag ${hex(tag)}, found ${found === undefined ? 'the end' : hex(found)}`,
      );
    return this.any();
  }

  /** The next element if it has this tag. */
  optional(tag: number): DerElement | undefined {
    return this.nextTag === tag ? this.any() : undefined;
  }

  /** A reader over the content of the next element, which must have this tag. */
  enter(tag: number): DerReader {
    return new DerReader(this.expect(tag).content, this.#what);
  }

  /** Refuses anything left over. */
  end(): void {
    if (!this.done) throw this.#malformed(`${this.#bytes.length - this.#offset} bytes after the end`);
  }

  #length(at: number): { length: number; header: number } {
    const first = this.#byte(at);
    if (first < 0x80) return { length: first, header: 1 };
    const octets = first & 0x7f;
    if (octets === 0) throw this.#malformed('indefinite length');
    if (octets > 3) throw this.#malformed('length of more than three octets');
    let length = 0;
    for (let i = 1; i <= octets; i++) length = length * 256 + this.#byte(at + i);
    if (length < 0x80 || length < 2 ** (8 * (octets - 1))) throw this.#malformed('length is not minimal');
    return { length, header: 1 + octets };
  }

  #byte(at: number): number {
    const byte = this.#bytes[at];
    if (byte === undefined) throw this.#malformed('cut short');
    return byte;
  }

  #malformed(problem: string): PkiError {
    return new PkiError('malformed', `${this.#what}: ${problem}`);
  }
}

/** The one element that `bytes` must consist of, with nothing after it. */
export function readOnly(
  bytes: Uint8Array,
  options: { readonly tag: number; readonly what: string },
): DerElement {
  const reader = new DerReader(bytes, options.what);
  const element = reader.expect(options.tag);
  reader.end();
  return element;
}

/** Content of a BIT STRING that holds whole octets. */
export function bitStringOctets(element: DerElement, what: string): Uint8Array {
  if (element.tag !== TAG.bitString || element.content.length < 1 || element.content[0] !== 0) {
    throw new PkiError('malformed', `${what}: bit string with unused bits`);
  }
  return element.content.subarray(1);
}

/** Content of a BOOLEAN; DER allows 0x00 and 0xff only. */
export function readBoolean(element: DerElement, what: string): boolean {
  const [value] = element.content;
  if (element.content.length !== 1 || (value !== 0 && value !== 0xff)) {
    throw new PkiError('malformed', `${what}: a boolean is neither 00 nor ff`);
  }
  return value === 0xff;
}

/** Content of an INTEGER that fits 31 bits and is not negative. */
export function readSmallInteger(element: DerElement, what: string): number {
  const { content } = element;
  checkInteger(content, what);
  if (content.length > 4 || (content[0] ?? 0) >= 0x80)
    throw new PkiError('malformed', `${what}: integer out of range`);
  return content.reduce((sum, byte) => sum * 256 + byte, 0);
}

/** Refuses an INTEGER that is empty or longer than it needs to be. */
export function checkInteger(content: Uint8Array, what: string): void {
  const [first = 0, second = 0] = content;
  const padded = content.length > 1 && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80));
  if (content.length === 0 || padded) throw new PkiError('malformed', `${what}: integer is not minimal`);
}

/** An OBJECT IDENTIFIER as dotted numbers. */
export function readOid(element: DerElement, what: string): string {
  const { content } = element;
  const arcs: number[] = [];
  let value = 0;
  let fresh = true;
  for (const byte of content) {
    if (fresh && byte === 0x80) throw new PkiError('malformed', `${what}: object identifier is not minimal`);
    value = value * 128 + (byte & 0x7f);
    if (value > Number.MAX_SAFE_INTEGER / 128)
      throw new PkiError('malformed', `${what}: object identifier too large`);
    fresh = (byte & 0x80) === 0;
    if (fresh) {
      if (arcs.length === 0) {
        const root = Math.min(Math.floor(value / 40), 2);
        arcs.push(root, value - root * 40);
      } else arcs.push(value);
      value = 0;
    }
  }
  if (!fresh || arcs.length === 0) throw new PkiError('malformed', `${what}: object identifier cut short`);
  return arcs.join('.');
}

function hex(tag: number): string {
  return `0x${tag.toString(16).padStart(2, '0')}`;
}
