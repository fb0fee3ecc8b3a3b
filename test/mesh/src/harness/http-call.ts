import { type Agent, type IncomingHttpHeaders, request } from 'node:http';

export type HttpCall = {
  readonly url: string;
  readonly method?: string;
  /** `Host` may be anything here, which is why this is not `fetch`. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Milliseconds until the whole answer is there; 10 s unless given. */
  readonly timeoutMs?: number;
  /** Asks over this Unix socket; the address in `url` is not used then. */
  readonly socketPath?: string;
  /** Keeps connections for later calls; each call has its own unless given. */
  readonly agent?: Agent;
};

export type HttpAnswer = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
};

/** One HTTP/1.1 request. Redirects are answers. Rejects when no whole answer comes in time. */
export function httpCall(call: HttpCall): Promise<HttpAnswer> {
  const { url, method = 'GET', headers = {}, body, timeoutMs = 10_000, agent = false, socketPath } = call;
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(timeoutMs);
    const place = socketPath === undefined ? {} : { socketPath };
    const sent = request(url, { method, headers, agent, signal, ...place }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('error', reject);
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text });
      });
    });
    sent.on('error', (cause) => reject(new Error(`${method} ${url}: ${cause.message}`, { cause })));
    sent.end(body);
  });
}
