import { type OutgoingHttpHeaders, request } from 'node:http';
import type { Backend } from './settings.ts';

export type BackendCall = {
  readonly backend: Backend;
  readonly path: string;
  readonly headers: OutgoingHttpHeaders;
  /** Milliseconds until the caller gives up. */
  readonly timeoutMs: number;
};

/** What came back: parsed JSON, or one sentence on what went wrong. */
export type BackendAnswer =
  | { readonly ok: true; readonly body: unknown }
  | { readonly ok: false; readonly problem: string };

/** Answers longer than this are not read. */
const BODY_LIMIT = 1 << 20;

/** Asks another service. Never throws: a page shows what it has. */
export function callBackend({ backend, path, headers, timeoutMs }: BackendCall): Promise<BackendAnswer> {
  return new Promise((resolve) => {
    const fail = (problem: string): void => resolve({ ok: false, problem: `${backend.name}: ${problem}` });
    const outgoing = request({
      host: backend.address,
      port: backend.url.port || 80,
      path,
      headers: { ...headers, host: backend.url.host, accept: 'application/json' },
      signal: AbortSignal.timeout(timeoutMs),
    });
    outgoing.on('error', (error) => {
      fail(error.name === 'AbortError' ? `no answer within ${timeoutMs / 1000} s` : error.message);
    });
    outgoing.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        text += part;
        if (text.length > BODY_LIMIT) response.destroy(new Error('the answer is too long'));
      });
      response.on('error', (error) => fail(error.message));
      response.on('end', () => {
        if (response.statusCode !== 200) return fail(`${response.statusCode} ${text.slice(0, 200)}`.trim());
        resolve(parseAnswer(backend, text));
      });
    });
    outgoing.end();
  });
}

function parseAnswer(backend: Backend, text: string): BackendAnswer {
  try {
    return { ok: true, body: JSON.parse(text) };
  } catch {
    return { ok: false, problem: `${backend.name}: the answer is not JSON` };
  }
}
