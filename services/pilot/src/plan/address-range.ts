import { isCidr } from '@quintet/model';

/** An address or a range, as a range: an address alone is a range of one. */
export function addressRange(written: string): string {
  if (isCidr(written)) return written;
  return `${written}/${written.includes(':') ? 128 : 32}`;
}
