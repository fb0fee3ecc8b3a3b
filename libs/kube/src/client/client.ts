import type { IncomingMessage } from 'node:http';
import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import type { Clock } from '@quintet/runtime';
import type { ClusterAccess } from '../access/cluster-access.ts';
import { field, isObject, listOf, parseJson, textOf } from '../json.ts';
import { errorOfAnswer, KubeError } from '../kube-error.ts';
import { type KubeObject, readObject } from './kube-object.ts';
import { type ObjectPath, pathOf, type ResourceType } from './resource-type.ts';
import { createTransport, nameOf, type Transport, type TransportRequest } from './transport.ts';
import { readWatch, type WatchEvent } from './watch-events.ts';

/** Which objects a list or a watch is about. */
export type Selection = {
  /** Of one namespace only; of all unless given. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
};

export type ListOptions = Selection & {
  /** Most objects of one page; all at once unless given. */
  readonly limit?: number;
  /** Where the page before ended. */
  readonly continue?: string;
  /** Only names and versions, for comparing: a tenth of the bytes. */
  readonly metadataOnly?: boolean;
  readonly signal?: AbortSignal;
};

/** One page of a list. */
export type ListPage = {
  readonly objects: readonly KubeObject[];
  /** The state that the list shows; a watch may begin here. */
  readonly resourceVersion: string;
  /** Where the next page begins; empty when this is the last. */
  readonly continue: string;
};

export type WatchOptions = Selection & {
  readonly resourceVersion: string;
  /** The API server ends the watch after this time. */
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal;
  /** Called when the API server has agreed to the watch; the first event may come much later. */
  readonly onOpen?: () => void;
};

/** How an object is changed in place; the text is the type of the patch on the wire. */
export const PATCH_TYPES = {
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
  apply: 'application/apply-patch+yaml',
} as const;

export type PatchOptions = {
  readonly type: keyof typeof PATCH_TYPES;
  readonly body: JsonValue;
  readonly subresource?: 'status';
  /** Who owns the fields; needed for `apply`. */
  readonly fieldManager?: string;
  /** With `apply`: take fields over from other owners. */
  readonly force?: boolean;
};

/** What writes may say besides. */
export type WriteOptions = {
  readonly subresource?: 'status' | 'token';
  readonly fieldManager?: string;
};

/** Names one object; the namespace is left out at cluster scope. */
export type ObjectName = { readonly namespace?: string; readonly name: string };

/**
 * A client of one API server. Everything throws `KubeError` (with the HTTP status and the reason that was answered)
 * when it was refused or did not arrive.
 */
export type KubeClient = {
  /** Any request with a JSON answer. */
  request(request: TransportRequest): Promise<JsonValue>;
  /** False: the API server is starting and may not know all its types yet. True also when it does not say. */
  isReady(): Promise<boolean>;
  get(type: ResourceType, name: ObjectName): Promise<KubeObject>;
  list(type: ResourceType, options?: ListOptions): Promise<ListPage>;
  /** Events from a version on, until the API server ends the watch. Throws also when it says that the version is gone. */
  watch(type: ResourceType, options: WatchOptions): AsyncIterable<WatchEvent>;
  create(type: ResourceType, object: JsonObject, options?: WriteOptions): Promise<KubeObject>;
  /** Replaces an object; a conflict when its resourceVersion is not the present one. */
  update(type: ResourceType, object: JsonObject, options?: WriteOptions): Promise<KubeObject>;
  patch(type: ResourceType, name: ObjectName, patch: PatchOptions): Promise<KubeObject>;
  /** Deletes an object; with `uid` only that one, not another that took its name. */
  delete(type: ResourceType, name: ObjectName, options?: { readonly uid?: string }): Promise<void>;
  close(): void;
};

export type KubeClientOptions = {
  readonly access: ClusterAccess;
  readonly clock: Clock;
  /** `quintet-galley/0.1.0` */
  readonly userAgent: string;
  /** Milliseconds until the beginning of an answer; 30 s unless given. */
  readonly answerMs?: number;
  /** Largest answer, bytes; 256 MiB unless given. */
  readonly maxAnswerBytes?: number;
  /** Longest line of a watch, bytes; 16 MiB unless given: etcd takes objects up to 1.5 MiB. */
  readonly maxLineBytes?: number;
};

const MIB = 1024 * 1024;
const METADATA_LIST = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json';

/** Makes a client; connections are opened when they are needed. */
export function createKubeClient(options: KubeClientOptions): KubeClient {
  const { access, clock, userAgent, answerMs = 30_000, maxAnswerBytes = 256 * MIB } = options;
  const transport = createTransport({ access, clock, userAgent, answerMs });
  const ask = async (request: TransportRequest): Promise<JsonValue> => {
    const response = await transport.send(request);
    return parseAnswer(request, response.statusCode ?? 0, {
      body: await readBody(response, { what: nameOf(request), maxBytes: maxAnswerBytes }),
      retryAfter: response.headers['retry-after'],
    });
  };
  const one = async (type: ResourceType, request: TransportRequest): Promise<KubeObject> => {
    const object = readObject(await ask(request), type);
    if (object === undefined)
      throw new KubeError(`${nameOf(request)}: expected an object with a name`, { status: 0 });
    return object;
  };
  return {
    request: ask,
    async isReady() {
      const request: TransportRequest = { method: 'GET', path: '/readyz' };
      const response = await transport.send(request);
      await readBody(response, { what: nameOf(request), maxBytes: MIB });
      return [200, 401, 403, 404].includes(response.statusCode ?? 0);
    },
    get: (type, name) => one(type, { method: 'GET', path: pathOf(type, name) }),
    list: async (type, list = {}) => readPage(await ask(listRequest(type, list)), type),
    watch: (type, watch) =>
      watchEvents(transport, { type, watch, maxLineBytes: options.maxLineBytes ?? 16 * MIB }),
    create: (type, object, { subresource, ...query } = {}) => {
      const { namespace, name } = pathIn(object);
      const path = pathOf(type, { namespace, ...(subresource && { name, subresource }) });
      return one(type, { method: 'POST', path, query: asQuery(query), body: JSON.stringify(object) });
    },
    update: (type, object, { subresource, ...query } = {}) => {
      const path = pathOf(type, { ...pathIn(object), ...(subresource && { subresource }) });
      return one(type, { method: 'PUT', path, query: asQuery(query), body: JSON.stringify(object) });
    },
    patch: (type, name, patch) =>
      one(type, patchRequest(pathOf(type, partOf(name, patch.subresource)), patch)),
    delete: async (type, name, { uid } = {}) => {
      const body = JSON.stringify(uid === undefined ? {} : { preconditions: { uid } });
      await ask({ method: 'DELETE', path: pathOf(type, name), body });
    },
    close: transport.close,
  };
}

function partOf(name: ObjectName, subresource: 'status' | undefined): ObjectPath {
  return { ...name, ...(subresource && { subresource }) };
}

function pathIn(object: JsonObject): { readonly namespace: string; readonly name: string } {
  const metadata = field(object, 'metadata');
  return { namespace: textOf(metadata, 'namespace'), name: textOf(metadata, 'name') };
}

function patchRequest(path: string, { type, body, fieldManager, force }: PatchOptions): TransportRequest {
  return {
    method: 'PATCH',
    path,
    query: asQuery({ fieldManager, ...(force && { force: 'true' }) }),
    body: JSON.stringify(body),
    contentType: PATCH_TYPES[type],
  };
}

function listRequest(type: ResourceType, options: ListOptions): TransportRequest {
  const { namespace, labelSelector, fieldSelector, limit, metadataOnly, signal } = options;
  return {
    method: 'GET',
    path: pathOf(type, namespace === undefined ? {} : { namespace }),
    query: asQuery({ labelSelector, fieldSelector, limit: limit?.toString(), continue: options.continue }),
    ...(metadataOnly && { accept: METADATA_LIST }),
    ...(signal && { signal }),
  };
}

function readPage(answer: JsonValue, type: ResourceType): ListPage {
  const metadata = field(answer, 'metadata');
  return {
    objects: listOf(answer, 'items').flatMap((item) => readObject(item, type) ?? []),
    resourceVersion: textOf(metadata, 'resourceVersion'),
    continue: textOf(metadata, 'continue'),
  };
}

async function* watchEvents(
  transport: Transport,
  {
    type,
    watch,
    maxLineBytes,
  }: { readonly type: ResourceType; readonly watch: WatchOptions; readonly maxLineBytes: number },
): AsyncGenerator<WatchEvent, void, undefined> {
  const { namespace, labelSelector, fieldSelector, resourceVersion, timeoutSeconds, signal } = watch;
  const request: TransportRequest = {
    method: 'GET',
    path: pathOf(type, namespace === undefined ? {} : { namespace }),
    query: asQuery({
      ...{ watch: '1', allowWatchBookmarks: 'true', resourceVersion, timeoutSeconds: `${timeoutSeconds}` },
      ...{ labelSelector, fieldSelector },
    }),
    signal,
  };
  const response = await transport.send(request);
  if (response.statusCode !== 200) {
    const body = await readBody(response, { what: nameOf(request), maxBytes: MIB });
    parseAnswer(request, response.statusCode ?? 0, { body, retryAfter: response.headers['retry-after'] });
  }
  watch.onOpen?.();
  yield* readWatch(response, { type, what: `watch ${request.path}`, maxLineBytes });
}

async function readBody(
  response: IncomingMessage,
  { what, maxBytes }: { readonly what: string; readonly maxBytes: number },
): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of response) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > maxBytes) break;
    }
  } catch (cause) {
    throw new KubeError(`${what}: the answer was cut off`, { status: 0, cause });
  }
  if (size > maxBytes) {
    throw new KubeError(`${what}: expected an answer of at most ${maxBytes} bytes`, {
      status: 413,
      reason: 'TooLarge',
    });
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseAnswer(
  request: TransportRequest,
  status: number,
  { body, retryAfter }: { readonly body: string; readonly retryAfter: string | undefined },
): JsonValue {
  const what = nameOf(request);
  if (status < 200 || status > 299)
    throw errorOfAnswer(what, { status, body, ...(retryAfter && { retryAfter }) });
  const answer = parseJson(body);
  if (!isObject(answer)) throw new KubeError(`${what}: expected a JSON object`, { status: 0 });
  return answer;
}

function asQuery(values: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([key, value]) =>
      value === undefined || value === '' ? [] : [[key, value] as const],
    ),
  );
}
