import { hash } from 'node:crypto';

/** A version made from content: equal texts give equal versions. */
export function contentHash(text: string): string {
  return hash('sha256', text, 'base64url').slice(0, 22);
}
