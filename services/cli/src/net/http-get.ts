import { type IncomingHttpHeaders, request } from 'node:http';

export type HttpTarget =
  | { readonly url: string }
  /** Over a Unix socket, such as Envoy's admin interface. */
  | { readonly socket: string; readonly path: string };

export type HttpOptions = {
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly method?: 'GET' | 'POST';
};

export type HttpAnswer = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
};

/** Asks one HTTP server over a connection of its own. Rejects when there is no answer in time. */
export function httpGet(target: HttpTarget, options: HttpOptions): Promise<HttpAnswer> {
  const { headers = {}, timeoutMs, method = 'GET' } = options;
  return new Promise((resolve, reject) => {
    const common = { method, headers, agent: false, signal: AbortSignal.timeout(timeoutMs) } as const;
    const outgoing =
      'url' in target
        ? request(target.url, common)
        : request({ ...common, socketPath: target.socket, path: target.path });
    outgoing.on('error', reject);
    outgoing.on('response', (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('error', reject);
      response.on('end', () => {
        const body = Buffer.concat(parts).toString('utf8');
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
      });
    });
    outgoing.end();
  });
}
