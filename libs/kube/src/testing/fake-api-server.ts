import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import type { ClusterAccess } from '../access/cluster-access.ts';
import { apiVersionOf } from '../client/resource-type.ts';
import { field, isObject, parseJson, textOf } from '../json.ts';
import {
  type FakeEvent,
  FakeFailure,
  type FakeObject,
  FakeObjects,
  type FakeType,
  keyOf,
} from './fake-objects.ts';

export type { FakeObject, FakeType } from './fake-objects.ts';

/** An API server in this process, for tests: lists in pages, watches, history, and everything that can go wrong. */
export type FakeApiServer = {
  readonly access: ClusterAccess;
  readonly objects: FakeObjects;
  /** Method and path with query of every request so far. */
  readonly requests: readonly string[];
  /** How many watches are open. */
  watches(): number;
  put(plural: string, object: FakeObject): void;
  remove(plural: string, key: string): void;
  addType(type: FakeType): void;
  removeType(plural: string): void;
  /** The next requests are answered with a failure. */
  failNext(times: number, failure: { readonly status: number; readonly retryAfterSeconds?: number }): void;
  /** Breaks all connections of watches. */
  cutWatches(): void;
  /** Ends all watches cleanly, as a timeout does. */
  endWatches(): void;
  /** Sends a bookmark to all watches: of the present, or of a given version. */
  bookmark(version?: number): void;
  /** Sends events that happened again, in this order. */
  replay(plural: string, events: readonly FakeEvent[]): void;
  /** While on, watches are silent, or send everything twice. */
  readonly faults: { mute: boolean; twice: boolean; lose: number };
  close(): Promise<void>;
};

type Watch = { readonly plural: string; readonly namespace: string; readonly response: ServerResponse };

type Target = {
  readonly type: FakeType;
  readonly namespace: string;
  readonly name: string | undefined;
  readonly query: URLSearchParams;
};

/** Starts a fake API server on a loopback port. */
export async function createFakeApiServer(types: readonly FakeType[]): Promise<FakeApiServer> {
  const served = new Map(types.map((type) => [type.plural, type]));
  const objects = new FakeObjects();
  const watches = new Set<Watch>();
  const requests: string[] = [];
  const faults = { mute: false, twice: false, lose: 0 };
  let failing = { times: 0, status: 500, retryAfterSeconds: 0 };

  const send = (event: FakeEvent, plural: string) => {
    if (faults.lose > 0) {
      faults.lose -= 1;
      return;
    }
    for (const watch of watches) {
      if (watch.plural === plural && !faults.mute) writeEvent(watch, event, faults.twice);
    }
  };
  const open = (target: Target, response: ServerResponse) => {
    const from = Number(target.query.get('resourceVersion'));
    const events = objects.since(target.type.plural, from);
    const watch = { plural: target.type.plural, namespace: target.namespace, response };
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    watches.add(watch);
    response.once('close', () => watches.delete(watch));
    if (!faults.mute) for (const event of events) writeEvent(watch, event, faults.twice);
  };
  const end = (how: 'end' | 'destroy', plural?: string) => {
    for (const watch of watches) {
      if (plural !== undefined && watch.plural !== plural) continue;
      watches.delete(watch);
      watch.response[how]();
    }
  };
  const write = (method: string, target: Target, body: JsonValue | undefined): JsonObject => {
    const { plural } = target.type;
    const key = [target.namespace, target.name].filter(Boolean).join('/');
    const object = isObject(body) ? body : {};
    const make = (): FakeEvent => {
      if (method === 'POST') return objects.create(plural, object);
      if (method === 'PUT') return objects.update(plural, object);
      if (method === 'PATCH') return objects.merge(plural, key, object);
      return objects.remove(plural, key);
    };
    const event = make();
    send(event, plural);
    return event.object;
  };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    requests.push(`${request.method} ${request.url}`);
    if (failing.times > 0) {
      failing = { ...failing, times: failing.times - 1 };
      if (failing.retryAfterSeconds > 0) response.setHeader('retry-after', failing.retryAfterSeconds);
      throw new FakeFailure(failing.status, 'Told');
    }
    const url = new URL(request.url ?? '/', 'http://fake');
    if (url.pathname === '/readyz') return void response.end('ok');
    const target = findTarget(url, served);
    if ('resources' in target) return sendJson(response, target);
    if (request.method !== 'GET')
      return sendJson(response, write(request.method ?? '', target, await readJson(request)));
    if (target.name !== undefined) {
      const key = [target.namespace, target.name].filter(Boolean).join('/');
      return sendJson(response, objects.get(target.type.plural, key));
    }
    if (target.query.get('watch') === '1') return open(target, response);
    sendJson(response, listPage(objects, target));
  };
  const server = createServer((request, response) => {
    answer(request, response).catch((error) => {
      const status = error instanceof FakeFailure ? error.status : 500;
      response.statusCode = status;
      const reason = error instanceof FakeFailure ? error.reason : 'InternalError';
      sendJson(response, { kind: 'Status', status: 'Failure', message: String(error), reason, code: status });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    access: {
      server: new URL(`http://127.0.0.1:${port}`),
      namespace: undefined,
      serverName: undefined,
      skipVerify: false,
      credentials: async () => ({ token: 'fake' }),
    },
    objects,
    requests,
    faults,
    watches: () => watches.size,
    put: (plural, object) => send(objects.put(plural, object), plural),
    remove: (plural, key) => send(objects.remove(plural, key), plural),
    addType: (type) => void served.set(type.plural, type),
    removeType(plural) {
      served.delete(plural);
      end('end', plural);
    },
    failNext(times, { status, retryAfterSeconds = 0 }) {
      failing = { times, status, retryAfterSeconds };
    },
    cutWatches: () => end('destroy'),
    endWatches: () => end('end'),
    bookmark(version = objects.version) {
      if (faults.mute) return;
      const line = { type: 'BOOKMARK', object: { metadata: { resourceVersion: `${version}` } } };
      for (const { response } of watches) response.write(`${JSON.stringify(line)}\n`);
    },
    replay(plural, events) {
      for (const event of events) send(event, plural);
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function writeEvent(watch: Watch, event: FakeEvent, twice: boolean): void {
  const namespace = textOf(field(event.object, 'metadata'), 'namespace');
  if (watch.namespace !== '' && namespace !== watch.namespace) return;
  const line = `${JSON.stringify({ type: event.kind, object: event.object })}\n`;
  watch.response.write(twice ? line + line : line);
}

/** What a path leads to: objects of a type, or the discovery document of a group and version. */
function findTarget(url: URL, served: ReadonlyMap<string, FakeType>): Target | { resources: JsonObject[] } {
  const [root, ...parts] = url.pathname.split('/').slice(1).map(decodeURIComponent);
  const apiVersion = parts.splice(0, root === 'api' ? 1 : 2).join('/');
  if (parts.length === 0) {
    const found = [...served.values()].filter((type) => apiVersionOf(type) === apiVersion);
    if (found.length === 0) throw new FakeFailure(404, 'NotFound');
    return { resources: found.map(({ plural, kind }) => ({ name: plural, kind })) };
  }
  const namespace = parts[0] === 'namespaces' && parts.length > 2 ? (parts.splice(0, 2)[1] ?? '') : '';
  const type = served.get(parts[0] ?? '');
  if (type === undefined || apiVersionOf(type) !== apiVersion) throw new FakeFailure(404, 'NotFound');
  return { type, namespace, name: parts[1], query: url.searchParams };
}

/** A page of a list. Its continue token says which state the list shows, and after which key it goes on. */
function listPage(objects: FakeObjects, { type, namespace, query }: Target): JsonObject {
  const token = query.get('continue');
  const [version = objects.version, after = ''] = token === null ? [] : readToken(token);
  const limit = Number(query.get('limit') ?? Number.POSITIVE_INFINITY);
  const rest = objects
    .at(type.plural, version)
    .filter((object) => keyOf(object) > after)
    .filter((object) => namespace === '' || textOf(field(object, 'metadata'), 'namespace') === namespace);
  const items = rest.slice(0, limit);
  const last = items.at(-1);
  const more = rest.length > items.length && last !== undefined;
  const metadata = {
    resourceVersion: `${version}`,
    ...(more && { continue: JSON.stringify([version, keyOf(last)]) }),
  };
  return { kind: `${type.kind}List`, metadata, items: items.map((item) => structuredClone(item)) };
}

function readToken(token: string): [number, string] {
  const parsed = parseJson(token);
  const [version, key] = Array.isArray(parsed) ? parsed : [];
  return [Number(version), String(key)];
}

async function readJson(request: IncomingMessage): Promise<JsonValue | undefined> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return parseJson(Buffer.concat(chunks).toString());
}

function sendJson(response: ServerResponse, body: JsonObject): void {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(body));
}
