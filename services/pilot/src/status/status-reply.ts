import type { MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import type { ResourceRefSchema } from '@quintet/proto/quintet/events/v1/events_pb.js';
import type {
  ProxySchema,
  ProxyStatusReplySchema,
  TypeStatusSchema,
} from '@quintet/proto/quintet/status/v1/proxy_status_pb.js';
import type { TypeStatus } from '@quintet/xds';
import { resourceRef } from '../wire/assemble.ts';
import { type ConnectedProxy, refusedNames, shortName, sourcesOf } from './proxies.ts';

export type StatusReplyInput = {
  /** This replica. */
  readonly instance: string;
  /** Empty for all. */
  readonly nodeId: string;
  readonly proxies: readonly ConnectedProxy[];
  /** Version and origin of a configuration object, as far as known. */
  readonly describe: ObjectDescriber;
};

/** Says more of the object that `<collection>/<namespace>/<name>` names. */
export type ObjectDescriber = (
  source: string,
) => { readonly version: string; readonly origin: string } | undefined;

/** This replica's answer to `mesh.proxy.status`. */
export function statusReply(input: StatusReplyInput): MessageInitShape<typeof ProxyStatusReplySchema> {
  const { instance, nodeId, proxies, describe } = input;
  const wanted = proxies.filter(({ stream }) => nodeId === '' || stream.node.id === nodeId);
  return {
    pilotInstance: instance,
    proxies: wanted
      .map((proxy) => proxyStatus(proxy, describe))
      .sort((a, b) => ((a.nodeId ?? '') < (b.nodeId ?? '') ? -1 : 1)),
  };
}

function proxyStatus(
  connected: ConnectedProxy,
  describe: ObjectDescriber,
): Exclude<MessageInitShape<typeof ProxySchema>, { $typeName: string }> {
  const { stream, proxy } = connected;
  return {
    nodeId: stream.node.id,
    connectedAt: timestampFromMs(stream.connectedAt),
    identity: stream.spiffeId ?? '',
    proxyVersion: proxy.version,
    types: stream.status().map((status) => typeStatus(status, connected, describe)),
  };
}

function typeStatus(
  status: TypeStatus,
  connected: ConnectedProxy,
  describe: ObjectDescriber,
): MessageInitShape<typeof TypeStatusSchema> {
  const { nack, typeUrl } = status;
  const resources = [...refusedNames(status)];
  const revision = (version: string, nonce: string) => (nonce === '' ? {} : { version, nonce });
  const refusal = nack ?? (status.refused[0] && { ...status.refused[0], nonce: '' });
  return {
    name: shortName(typeUrl),
    sent: revision(status.sentVersion, status.sentNonce),
    acknowledged: revision(status.ackedVersion, status.ackedNonce),
    ...(refusal && {
      rejection: {
        revision: revision(refusal.version, refusal.nonce),
        error: refusal.error,
        resources,
        objects: objectRefs(sourcesOf(connected, typeUrl, resources), describe),
      },
    }),
  };
}

/** Configuration objects as events and status name them. */
export function objectRefs(
  sources: readonly string[],
  describe: ObjectDescriber,
): MessageInitShape<typeof ResourceRefSchema>[] {
  return sources.flatMap((source) => {
    const resource = resourceRef(source);
    return resource === undefined ? [] : [{ ...resource, ...describe(source) }];
  });
}
