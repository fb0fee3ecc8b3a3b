import { timestampMs } from '@bufbuild/protobuf/wkt';
import type { Bus, ReplyOf } from '@quintet/bus';

/** What the proxies made of what was sent to them since a moment. Times are milliseconds since 1970. */
export type Acknowledgement =
  | { readonly kind: 'acknowledged'; readonly proxies: number; readonly at: number }
  | { readonly kind: 'refused'; readonly proxy: string; readonly error: string }
  /** Something was sent and is not answered yet. */
  | { readonly kind: 'waiting'; readonly proxies: number }
  /** Nothing was sent since then. */
  | { readonly kind: 'nothing' };

type Reply = ReplyOf<'proxyStatus'>;

/** Reads the answers of all pilots: what was sent at `since` or later counts. */
export function acknowledgementSince(replies: readonly Reply[], since: number): Acknowledgement {
  const proxies = replies.flatMap((reply) => reply.proxies);
  const touched = proxies
    .map((proxy) => ({ proxy, sent: proxy.types.filter((type) => timeOf(type.sentAt) >= since) }))
    .filter(({ sent }) => sent.length > 0);
  for (const { proxy, sent } of touched) {
    const rejection = sent.find((type) => type.rejection !== undefined)?.rejection;
    if (rejection !== undefined) return { kind: 'refused', proxy: proxy.nodeId, error: rejection.error };
  }
  if (touched.length === 0) return { kind: 'nothing' };
  const answered = touched.every(({ sent }) =>
    sent.every((type) => type.sent?.nonce === type.acknowledged?.nonce),
  );
  if (!answered) return { kind: 'waiting', proxies: touched.length };
  const times = touched.flatMap(({ sent }) => sent.map((type) => timeOf(type.answeredAt)));
  return { kind: 'acknowledged', proxies: touched.length, at: Math.max(...times) };
}

function timeOf(timestamp: Parameters<typeof timestampMs>[0] | undefined): number {
  return timestamp === undefined ? 0 : timestampMs(timestamp);
}

export type AwaitOptions = {
  readonly since: number;
  readonly signal: AbortSignal;
  /** How long to wait for something to be sent at all. */
  readonly quietMs: number;
  /** How long to wait for answers. */
  readonly limitMs: number;
};

const ASK_EVERY_MS = 50;
const ANSWER = { timeoutMs: 1000, stallMs: 20 };

/**
 * Asks pilot until the proxies have answered what was sent to them since a moment. Answers the last state when they
 * have not in time.
 */
export async function awaitAcknowledgement(bus: Bus, options: AwaitOptions): Promise<Acknowledgement> {
  const quiet = AbortSignal.timeout(options.quietMs);
  const limit = AbortSignal.timeout(options.limitMs);
  for (;;) {
    const replies = await bus.requestMany('proxyStatus', {}, ANSWER).catch(() => []);
    const state = acknowledgementSince(replies, options.since);
    const over = state.kind === 'nothing' ? quiet.aborted : limit.aborted;
    if (state.kind === 'acknowledged' || state.kind === 'refused' || over || options.signal.aborted)
      return state;
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
  }
}
