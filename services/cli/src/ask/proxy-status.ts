import type { ReplyOf } from '@quintet/bus';
import { parseNodeId } from '@quintet/proxy';

type Reply = ReplyOf<'proxyStatus'>;
type ProxyReply = Reply['proxies'][number];
type TypeReply = ProxyReply['types'][number];

/** The columns of types in the classic order. */
export const STATUS_TYPES = ['CDS', 'LDS', 'EDS', 'RDS'] as const;

/** How far one proxy is, in classic words. */
export type ProxyStatusRow = {
  /** `name.namespace`. */
  readonly name: string;
  readonly states: Readonly<Record<(typeof STATUS_TYPES)[number], string>>;
  readonly pilot: string;
  readonly version: string;
  /** What the proxy refused, in its own words. */
  readonly rejections: readonly {
    readonly type: string;
    readonly error: string;
    readonly objects: readonly string[];
  }[];
};

/** The rows of all pilots' answers, sorted by name. */
export function proxyStatusRows(replies: readonly Reply[]): ProxyStatusRow[] {
  return replies
    .flatMap((reply) => reply.proxies.map((proxy) => rowOf(proxy, reply.pilotInstance)))
    .sort((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)));
}

/** How many pilots did not answer; 0 when all did or their number is unknown. */
export function missingPilots(replies: readonly Reply[]): number {
  const known = Math.max(0, ...replies.map(({ knownReplicas }) => knownReplicas));
  return Math.max(0, known - replies.length);
}

/** Whether every proxy has acknowledged all that was sent to it, as far as the answers say. */
export function everythingAcknowledged(replies: readonly Reply[]): boolean {
  return replies.every(({ proxies }) =>
    proxies.every(({ types }) => types.every((type) => syncState(type) !== 'STALE')),
  );
}

function rowOf(proxy: ProxyReply, pilot: string): ProxyStatusRow {
  const id = parseNodeId(proxy.nodeId);
  const stateOf = (name: string): string => syncState(proxy.types.find((type) => type.name === name));
  return {
    name: id === undefined ? proxy.nodeId : `${id.name}.${id.namespace}`,
    states: { CDS: stateOf('CDS'), LDS: stateOf('LDS'), EDS: stateOf('EDS'), RDS: stateOf('RDS') },
    pilot,
    version: proxy.proxyVersion,
    rejections: proxy.types.flatMap(({ name, rejection }) =>
      rejection === undefined
        ? []
        : [
            {
              type: name,
              error: rejection.error,
              objects: rejection.objects.map((object) => `${object.kind} ${object.name}.${object.namespace}`),
            },
          ],
    ),
  };
}

/** The classic rule: nothing sent, sent and acknowledged alike, never acknowledged, or behind. */
function syncState(type: TypeReply | undefined): string {
  const sent = type?.sent?.nonce ?? '';
  const acknowledged = type?.acknowledged?.nonce ?? '';
  if (sent === '') return 'NOT SENT';
  if (sent === acknowledged) return 'SYNCED';
  return acknowledged === '' ? 'STALE (Never Acknowledged)' : 'STALE';
}
