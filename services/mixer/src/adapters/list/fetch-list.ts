import { lookup } from 'node:dns/promises';
import { readFile, stat } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import { fileURLToPath } from 'node:url';
import { MeshError } from '@quintet/runtime';
import { denyList } from './deny-list.ts';
import { MAX_LIST_BYTES } from './parse-list.ts';

/** Fetches the text of a list; rejects with a MeshError that names the address and the reason. */
export type FetchList = (url: string, signal: AbortSignal) => Promise<string>;

const TIMEOUT_MS = 10_000;

/**
 * A fetcher for `file:`, `http:` and `https:` lists. Remote hosts are resolved first and refused when an address lies in a
 * network of the deny list; the connection goes to the very address that was judged, and redirects are not followed.
 */
export function createFetchList(options: { readonly deny: readonly string[] }): FetchList {
  const isDenied = denyList(options.deny);
  return async (text, signal) => {
    const url = new URL(text);
    if (url.protocol === 'file:') return readListFile(url);
    if (url.protocol !== 'http:' && url.protocol !== 'https:') {
      throw new MeshError('invalid_argument', `list ${text}: expected file, http or https`);
    }
    const address = await judgedAddress(url, isDenied);
    return download(url, address, AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]));
  };
}

async function readListFile(url: URL): Promise<string> {
  const path = fileURLToPath(url);
  const { size } = await stat(path);
  if (size > MAX_LIST_BYTES)
    throw new MeshError('resource_exhausted', `list ${path} is larger than ${MAX_LIST_BYTES} bytes`);
  return readFile(path, 'utf8');
}

async function judgedAddress(url: URL, isDenied: (address: string) => boolean): Promise<string> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const addresses = isIP(host) ? [host] : (await lookup(host, { all: true })).map(({ address }) => address);
  const [first] = addresses;
  if (first === undefined) throw new MeshError('unavailable', `list ${url.href}: ${host} has no address`);
  const forbidden = addresses.find(isDenied);
  if (forbidden !== undefined) {
    throw new MeshError(
      'permission_denied',
      `list ${url.href}: address ${forbidden} is on the deny list of remote fetches`,
    );
  }
  return first;
}

function download(url: URL, address: string, signal: AbortSignal): Promise<string> {
  const request = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const fail = (reason: string) => reject(new MeshError('unavailable', `list ${url.href}: ${reason}`));
    const call = request(
      url,
      {
        signal,
        lookup: (_host, lookupOptions, done) =>
          lookupOptions.all === true
            ? done(null, [{ address, family: isIP(address) }])
            : done(null, address, isIP(address)),
      },
      (response) => {
        if (response.statusCode !== 200) {
          response.destroy();
          return fail(`answered ${response.statusCode}, expected 200`);
        }
        const chunks: Buffer[] = [];
        let size = 0;
        response.on('data', (chunk: Buffer) => {
          size += chunk.length;
          if (size > MAX_LIST_BYTES) response.destroy(new Error(`larger than ${MAX_LIST_BYTES} bytes`));
          else chunks.push(chunk);
        });
        response.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
        response.on('error', (error) => fail(error.message));
      },
    );
    call.on('error', (error) => fail(error.message));
    call.end();
  });
}
