import { hash } from 'node:crypto';

const MODULUS_BITS = 256;

/**
 * The content of a collection as a number: the sum, modulo 2^256, of the SHA-256 of each resource's name and version.
 * A sum does not depend on order and is kept by adding and taking away, so that one changed resource among thousands
 * costs two hashes. It names a content for logs, status and readers; no decision on what to send is made by it.
 */
export type ContentSum = bigint;

export const EMPTY_CONTENT: ContentSum = 0n;

/** What one resource adds to the sum. */
export function contentOf(resource: { readonly name: string; readonly version: string }): ContentSum {
  return BigInt(`0x${hash('sha256', JSON.stringify([resource.name, resource.version]))}`);
}

export function addContent(sum: ContentSum, content: ContentSum): ContentSum {
  return BigInt.asUintN(MODULUS_BITS, sum + content);
}

export function removeContent(sum: ContentSum, content: ContentSum): ContentSum {
  return BigInt.asUintN(MODULUS_BITS, sum - content);
}

/** The sum as the version of a collection: 22 characters. */
export function versionOf(sum: ContentSum): string {
  return hash('sha256', sum.toString(16), 'base64url').slice(0, 22);
}
