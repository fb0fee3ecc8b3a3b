import { toBinary } from '@bufbuild/protobuf';
import { type ConfigObject, checkDocuments, kindByName } from '@quintet/model';
import { ResourceSource } from '@quintet/proto/istio/mcp/v1alpha1/mcp_pb.js';
import { createGrpcServer, createQueue, MeshError, silentLog } from '@quintet/runtime';
import { CLASSIC_MIXER_COLLECTIONS, CLASSIC_PILOT_COLLECTIONS } from './classic-collections.ts';

/** A galley as the classic one is on the wire. */
export type ClassicGalley = {
  readonly port: number;
  /** Hands out exactly these objects from now on. */
  publish(yaml: string): void;
  stop(): Promise<void>;
};

type Stream = { readonly send: (collection: string) => void };

/**
 * A source of full sets only: each collection has a counted version, each response a counted nonce, nothing follows a
 * response before its answer, and a collection that it does not know ends the stream. It hands out neither a mesh
 * configuration nor synthetic service entries.
 */
export async function startClassicGalley(yaml: string): Promise<ClassicGalley> {
  const collections = new Set([...CLASSIC_PILOT_COLLECTIONS, ...CLASSIC_MIXER_COLLECTIONS]);
  const streams = new Set<Stream>();
  let objects: readonly ConfigObject[] = [];
  let version = 0;
  const publish = (text: string): void => {
    objects = checkDocuments(text, { file: 'classic.yaml' }).objects;
    version += 1;
    for (const stream of streams) for (const collection of collections) stream.send(collection);
  };
  publish(yaml);

  const server = createGrpcServer({ name: 'classic-galley', address: '127.0.0.1:0', log: silentLog });
  server.add(ResourceSource, {
    async *establishResourceStream(requests, call) {
      const out = createQueue<ReturnType<typeof response>>();
      call.signal.addEventListener('abort', () => out.end(), { once: true });
      const watched = new Map<string, { pending: string; sent: number }>();
      let nonce = 0;
      const send = (collection: string): void => {
        const watch = watched.get(collection);
        if (watch === undefined || watch.pending !== '' || watch.sent === version) return;
        nonce += 1;
        watched.set(collection, { pending: String(nonce), sent: version });
        out.push(response(collection, objects, { version, nonce }));
      };
      const read = async (): Promise<void> => {
        for await (const { collection, responseNonce, sinkNode } of requests) {
          if (sinkNode === undefined || sinkNode.id === '')
            throw new MeshError('invalid_argument', 'who asks?');
          if (!collections.has(collection))
            throw new MeshError('invalid_argument', `unsupported: ${collection}`);
          const watch = watched.get(collection);
          if (responseNonce === '') watched.set(collection, { pending: '', sent: -1 });
          else if (watch?.pending !== responseNonce) continue;
          else watched.set(collection, { ...watch, pending: '' });
          send(collection);
        }
      };
      const stream = { send };
      streams.add(stream);
      read().then(
        () => out.end(),
        (error: unknown) => out.fail(error),
      );
      try {
        yield* out;
      } finally {
        streams.delete(stream);
      }
    },
  });
  await server.start?.();
  return {
    port: server.port(),
    publish,
    async stop() {
      await server.stop?.(AbortSignal.abort());
    },
  };
}

function response(
  collection: string,
  objects: readonly ConfigObject[],
  { version, nonce }: { readonly version: number; readonly nonce: number },
) {
  const resources = objects
    .filter((object) => object.collection === collection)
    .map((object) => resource(object, version));
  return { collection, systemVersionInfo: `${collection}-${version}`, nonce: String(nonce), resources };
}

function resource({ kind, namespace, name, labels, spec }: ConfigObject, version: number) {
  const schema = kindByName(kind)?.schema;
  if (schema === undefined) throw new TypeError(`unknown kind ${kind}`);
  return {
    metadata: {
      name: namespace === '' ? name : `${namespace}/${name}`,
      version: String(version),
      createTime: { seconds: 1_573_725_600n, nanos: 0 },
      labels: { ...labels },
    },
    body: { typeUrl: `type.googleapis.com/${schema.typeName}`, value: toBinary(schema, spec) },
  };
}
