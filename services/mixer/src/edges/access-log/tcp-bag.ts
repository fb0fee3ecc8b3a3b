import type { Bag } from '@quintet/expr';
import { type Extractor, lazyBag } from '../../attributes/lazy-bag.ts';
import type { ConnectionChange } from './connection-totals.ts';
import { COMMON_EXTRACTORS, type LoggedEntry } from './logged-entry.ts';

type TcpEntry = LoggedEntry & { readonly change: ConnectionChange };
type Read = Extractor<TcpEntry>;

/** The attributes of what happened to a connection, found when they are asked for. */
export function tcpBag(entry: TcpEntry): Bag {
  return lazyBag(entry, EXTRACTORS);
}

const EXTRACTORS: ReadonlyMap<string, Read> = new Map<string, Read>([
  ...COMMON_EXTRACTORS,
  ['context.protocol', () => 'tcp'],
  ['connection.event', ({ change }) => change.event],
  ['connection.received.bytes', ({ change }) => change.received],
  ['connection.sent.bytes', ({ change }) => change.sent],
  ['connection.received.bytes_total', ({ change }) => change.receivedTotal],
  ['connection.sent.bytes_total', ({ change }) => change.sentTotal],
]);
