import type { Node } from '@quintet/proto/envoy/config/core/v3/base_pb.js';
import { nodeFromMetadata, type ProxyNode } from '@quintet/proxy';
import type { Attachment, Peer, Refusal, Source } from '@quintet/xds';
import type { Feed, Publisher } from '../publish/publisher.ts';
import { checkClaims } from './claims.ts';

/** A connected proxy and where its configuration comes from. */
export type Connection = {
  readonly proxy: ProxyNode;
  readonly feed: Feed;
  /** The revision that the stream is fed from; 0 before the first. */
  readonly target: () => number;
};

export type ProxySourceOptions = {
  readonly publisher: Publisher;
  /** On a port with client certificates: a stream without an identity is refused. */
  readonly needsIdentity: boolean;
  /** Told of each stream that is turned away. */
  readonly onRefusal: (peer: Peer, reason: string) => void;
};

/** The source of all streams of one port. */
export type ProxySource = Source & {
  /** The connection of a stream, by the very `Node` message of its first request. */
  readonly connection: (node: Node) => Connection | undefined;
};

/** Feeds each proxy what the publisher makes for it, after a look at who it is. */
export function createProxySource(options: ProxySourceOptions): ProxySource {
  const { publisher, needsIdentity, onRefusal } = options;
  const connections = new WeakMap<Node, Connection>();
  const refuse = (peer: Peer, code: Refusal['refused']['code'], message: string): Refusal => {
    onRefusal(peer, message);
    return { refused: { code, message } };
  };
  return {
    connection: (node) => connections.get(node),
    attach(peer): Attachment | Refusal {
      const read = nodeFromMetadata(peer.node);
      if (!read.ok) return refuse(peer, 'invalid_argument', read.problems.join('; '));
      let { proxy } = read;
      if (peer.spiffeId !== undefined) {
        const claim = checkClaims(proxy, peer.spiffeId);
        if (!claim.ok) return refuse(peer, 'permission_denied', claim.reason);
        proxy = claim.proxy;
      } else if (needsIdentity) {
        return refuse(peer, 'unauthenticated', 'the client certificate has no SPIFFE id');
      }
      const feed = publisher.open(proxy);
      let target = 0;
      connections.set(peer.node, { proxy, feed, target: () => target });
      return {
        current() {
          const state = feed.state();
          target = state?.revision ?? 0;
          return state?.set;
        },
        subscribe: feed.subscribe,
      };
    },
  };
}
