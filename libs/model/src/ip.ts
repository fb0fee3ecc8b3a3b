/** An IP address as its bytes: 4 or 16 of them. */
export type IpAddress = readonly number[];

/** A range of addresses; the bits of `address` beyond `length` are as written, not cleared. */
export type IpRange = { readonly address: IpAddress; readonly length: number };

/** Reads a dotted IPv4 address (decimal, no leading zeros) or an IPv6 address (RFC 4291); undefined otherwise. */
export function parseIp(text: string): IpAddress | undefined {
  return text.includes(':') ? parseIpv6(text) : parseIpv4(text);
}

/** Reads `address/length`; undefined when either part is wrong or the length is missing. */
export function parseCidr(text: string): IpRange | undefined {
  const slash = text.indexOf('/');
  if (slash < 0) return undefined;
  const address = parseIp(text.slice(0, slash));
  const written = text.slice(slash + 1);
  if (address === undefined || !/^(0|[1-9][0-9]{0,2})$/.test(written)) return undefined;
  const length = Number(written);
  return length <= address.length * 8 ? { address, length } : undefined;
}

/** True for an IPv4 or IPv6 address without a prefix length. */
export function isIp(text: string): boolean {
  return parseIp(text) !== undefined;
}

/** True for an address with a prefix length. */
export function isCidr(text: string): boolean {
  return parseCidr(text) !== undefined;
}

/** True when `address` lies in `range`; addresses of the other family never do. */
export function rangeContains(range: IpRange, address: IpAddress): boolean {
  if (range.address.length !== address.length) return false;
  for (let bit = 0; bit < range.length; bit += 8) {
    const index = bit / 8;
    const keep = Math.min(8, range.length - bit);
    const mask = (0xff << (8 - keep)) & 0xff;
    if (((range.address[index] ?? 0) & mask) !== ((address[index] ?? 0) & mask)) return false;
  }
  return true;
}

function parseIpv4(text: string): IpAddress | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  const bytes = parts.map((part) => (/^(0|[1-9][0-9]{0,2})$/.test(part) ? Number(part) : -1));
  return bytes.every((byte) => byte >= 0 && byte <= 255) ? bytes : undefined;
}

function parseIpv6(text: string): IpAddress | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = parseGroups(halves[0] ?? '', halves.length === 1);
  const tail = halves.length === 2 ? parseGroups(halves[1] ?? '', true) : [];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 16 - head.length - tail.length;
  if (halves.length === 1) return missing === 0 ? head : undefined;
  return missing >= 2 ? [...head, ...new Array<number>(missing).fill(0), ...tail] : undefined;
}

/** Groups of one side of `::`; an IPv4 address may stand as the last group of the whole address. */
function parseGroups(text: string, last: boolean): number[] | undefined {
  if (text === '') return [];
  const bytes: number[] = [];
  const groups = text.split(':');
  for (const [index, group] of groups.entries()) {
    if (last && index === groups.length - 1 && group.includes('.')) {
      const ipv4 = parseIpv4(group);
      if (ipv4 === undefined) return undefined;
      bytes.push(...ipv4);
      continue;
    }
    if (!/^[0-9a-fA-F]{1,4}$/.test(group)) return undefined;
    const value = Number.parseInt(group, 16);
    bytes.push(value >> 8, value & 0xff);
  }
  return bytes;
}
