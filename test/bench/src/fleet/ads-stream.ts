import { create, toBinary } from '@bufbuild/protobuf';
import { type ClientDuplexStream, credentials, makeGenericClientConstructor } from '@grpc/grpc-js';
import { DiscoveryRequestSchema } from '@quintet/proto/envoy/service/discovery/v3/discovery_pb.js';
import { CLUSTER_TYPE, ENDPOINT_TYPE, LISTENER_TYPE, ROUTE_TYPE } from '@quintet/xds';
import { type NamesBook, readResponse, type SeenResponse } from './response.ts';

/** A stream of a fleet as its owner sees it. */
export type AdsStream = {
  /** True once every type that was asked for was answered. */
  readonly isFull: () => boolean;
  readonly close: () => void;
};

export type AdsStreamOptions = {
  readonly address: string;
  readonly nodeId: string;
  /** Shared by the streams of a fleet: equal versions name equal resources. */
  readonly names: NamesBook;
  readonly onResponse: (stream: AdsStream, response: SeenResponse) => void;
  readonly onEnd: (reason: string) => void;
};

const AdsClient = makeGenericClientConstructor({}, 'AggregatedDiscoveryService');

const PATH = '/envoy.service.discovery.v3.AggregatedDiscoveryService/StreamAggregatedResources';
const FOLLOWS: Readonly<Record<string, string>> = {
  [CLUSTER_TYPE]: ENDPOINT_TYPE,
  [LISTENER_TYPE]: ROUTE_TYPE,
};

/**
 * A state-of-the-world ADS stream on a connection of its own, which asks and acknowledges as Envoy does and decodes as
 * little as it can: hundreds of them fit into one process beside the server that they are to keep busy.
 */
export function openAdsStream(options: AdsStreamOptions): AdsStream {
  const client = new AdsClient(options.address, credentials.createInsecure(), {
    'grpc.use_local_subchannel_pool': 1,
    'grpc.max_receive_message_length': -1,
  });
  const call: ClientDuplexStream<Uint8Array, Buffer> = client.makeBidiStreamRequest(
    PATH,
    (bytes: Uint8Array) => Buffer.from(bytes),
    (bytes: Buffer) => bytes,
  );
  const subscribed = new Map<string, readonly string[]>([
    [CLUSTER_TYPE, []],
    [LISTENER_TYPE, []],
  ]);
  const answered = new Map<string, SeenResponse>();
  const request = (typeUrl: string): void => {
    const { version = '', nonce = '' } = answered.get(typeUrl) ?? {};
    const message = create(DiscoveryRequestSchema, {
      node: { id: options.nodeId, userAgentName: 'envoy' },
      ...{ typeUrl, versionInfo: version, responseNonce: nonce },
      resourceNames: [...(subscribed.get(typeUrl) ?? [])],
    });
    call.write(toBinary(DiscoveryRequestSchema, message));
  };
  const stream: AdsStream = {
    isFull: () => subscribed.size === 4 && answered.size === 4,
    close() {
      call.cancel();
      client.close();
    },
  };
  call.on('data', (bytes: Buffer) => {
    const response = readResponse(bytes);
    answered.set(response.typeUrl, response);
    request(response.typeUrl);
    const next = FOLLOWS[response.typeUrl];
    if (next !== undefined) {
      const names = options.names.namedBy(response);
      const isNew = subscribed.get(next)?.join() !== names.join();
      // Nothing named would mean everything.
      if (isNew && names.length > 0) {
        subscribed.set(next, names);
        request(next);
      }
    }
    options.onResponse(stream, response);
  });
  call.on('error', (error: Error) => options.onEnd(error.message));
  for (const typeUrl of subscribed.keys()) request(typeUrl);
  return stream;
}
