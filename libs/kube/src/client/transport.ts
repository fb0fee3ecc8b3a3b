import { createHash } from 'node:crypto';
import {
  type ClientRequest,
  Agent as HttpAgent,
  type IncomingMessage,
  request as requestHttp,
} from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { type Clock, MeshError } from '@quintet/runtime';
import type { ClusterAccess, Credentials } from '../access/cluster-access.ts';
import { KubeError } from '../kube-error.ts';

/** One request to the API server. */
export type TransportRequest = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly contentType?: string;
  readonly accept?: string;
  readonly signal?: AbortSignal;
};

export type TransportOptions = {
  readonly access: ClusterAccess;
  readonly clock: Clock;
  /** Sent as User-Agent: what the API server's audit log shows, e.g. `quintet-galley/0.1.0`. */
  readonly userAgent: string;
  /** How long the beginning of an answer may take, milliseconds. */
  readonly answerMs: number;
};

/** Sends requests over connections that are kept. */
export type Transport = {
  /** Answers when the head of the answer is there; the body is the caller's to read. Throws `KubeError`. */
  send(request: TransportRequest): Promise<IncomingMessage>;
  /** Ends idle connections; those in use end with their requests. */
  close(): void;
};

type Agents = { readonly fingerprint: string; readonly agent: HttpAgent };

/** More sockets than there are types to watch; each watch holds one. */
const MOST_SOCKETS = 256;
/** Notices a connection whose other end has vanished. */
const KEEP_ALIVE_MS = 15_000;

/** HTTP to one API server. When the credentials of a connection change, new requests take new connections. */
export function createTransport(options: TransportOptions): Transport {
  const { access, clock, userAgent, answerMs } = options;
  let current: Agents | undefined;
  const agentFor = (credentials: Credentials): HttpAgent => {
    const fingerprint = fingerprintOf(credentials);
    if (current?.fingerprint !== fingerprint) {
      closeIdle(current?.agent);
      current = { fingerprint, agent: createAgent(access, credentials) };
    }
    return current.agent;
  };
  return {
    async send(what) {
      const credentials = await access.credentials();
      if (what.signal?.aborted) throw cancelled(what);
      const url = urlOf(access.server, what);
      const send = url.protocol === 'https:' ? requestHttps : requestHttp;
      const request = send(url, {
        method: what.method,
        agent: agentFor(credentials),
        headers: headersOf(what, { userAgent, token: credentials.token }),
      });
      return await answerTo(request, { what, clock, answerMs });
    },
    close: () => closeIdle(current?.agent),
  };
}

function answerTo(
  request: ClientRequest,
  {
    what,
    clock,
    answerMs,
  }: { readonly what: TransportRequest; readonly clock: Clock; readonly answerMs: number },
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const late = clock.after(answerMs, () => {
      request.destroy(new KubeError(`${nameOf(what)}: no answer within ${answerMs} ms`, { status: 0 }));
    });
    const abort = () => request.destroy(cancelled(what));
    what.signal?.addEventListener('abort', abort, { once: true });
    request.once('close', () => {
      late.cancel();
      what.signal?.removeEventListener('abort', abort);
    });
    request.once('response', (response) => {
      late.cancel();
      resolve(response);
    });
    // Stays for the whole request: an abort after the head was answered is seen by whoever reads the body.
    request.on('error', (cause) => {
      if (cause instanceof MeshError) return reject(cause);
      reject(new KubeError(`${nameOf(what)}: the API server cannot be reached`, { status: 0, cause }));
    });
    request.end(what.body);
  });
}

/** `GET /apis/…`, for messages. */
export function nameOf({ method, path }: Pick<TransportRequest, 'method' | 'path'>): string {
  return `${method} ${path}`;
}

function cancelled(what: TransportRequest): MeshError {
  return new MeshError('cancelled', `${nameOf(what)}: cancelled`, { cause: what.signal?.reason });
}

function urlOf(server: URL, { path, query = {} }: TransportRequest): URL {
  const url = new URL(server);
  url.pathname = `${server.pathname.replace(/\/$/, '')}${path}`;
  for (const [key, value] of Object.entries(query)) url.searchParams.set(key, value);
  return url;
}

function headersOf(
  { body, contentType = 'application/json', accept = 'application/json' }: TransportRequest,
  { userAgent, token }: { readonly userAgent: string; readonly token: string | undefined },
): Record<string, string | number> {
  return {
    accept,
    'user-agent': userAgent,
    ...(body !== undefined && { 'content-type': contentType, 'content-length': Buffer.byteLength(body) }),
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  };
}

function createAgent({ server, serverName, skipVerify }: ClusterAccess, credentials: Credentials): HttpAgent {
  const connection = { keepAlive: true, keepAliveMsecs: KEEP_ALIVE_MS, maxSockets: MOST_SOCKETS };
  if (server.protocol !== 'https:') return new HttpAgent(connection);
  return new HttpsAgent({
    ...connection,
    ...(credentials.ca !== undefined && { ca: credentials.ca }),
    ...(credentials.certificate !== undefined && { cert: credentials.certificate }),
    ...(credentials.key !== undefined && { key: credentials.key }),
    ...(serverName !== undefined && { servername: serverName }),
    rejectUnauthorized: !skipVerify,
    minVersion: 'TLSv1.2',
  });
}

function closeIdle(agent: HttpAgent | undefined): void {
  for (const sockets of Object.values(agent?.freeSockets ?? {})) {
    for (const socket of sockets ?? []) socket.destroy();
  }
}

/** Of what a connection is made with; the token goes with each request. */
function fingerprintOf({ ca = '', certificate = '', key = '' }: Credentials): string {
  return createHash('sha256').update([ca, certificate, key].join('\0')).digest('base64');
}
