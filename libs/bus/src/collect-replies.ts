import type { Clock, Timer } from '@quintet/runtime';

export type CollectOptions<Reply> = {
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly stallMs?: number;
  readonly enough?: (replies: readonly Reply[]) => boolean;
  /** Sends the question; `onNobody` says that there is nobody to answer. Returns what ends the listening. */
  readonly start: (onReply: (reply: Reply) => void, onNobody: () => void) => () => void;
};

/**
 * Collects replies until the time is over, nothing came for a while, it is enough, or nobody is there. Rejects with what
 * `start` throws.
 */
export function collectReplies<Reply>(options: CollectOptions<Reply>): Promise<readonly Reply[]> {
  const { clock, timeoutMs, stallMs, enough } = options;
  return new Promise((resolve) => {
    const replies: Reply[] = [];
    let stall: Timer | undefined;
    let total: Timer | undefined;
    const finish = () => {
      total?.cancel();
      stall?.cancel();
      end();
      resolve(replies);
    };
    const onReply = (reply: Reply) => {
      replies.push(reply);
      stall?.cancel();
      if (enough?.(replies) === true) return finish();
      if (stallMs !== undefined) stall = clock.after(stallMs, finish);
    };
    const end = options.start(onReply, finish);
    // Only when the question is out: a timer of a question that could not be sent would end what never began.
    total = clock.after(timeoutMs, finish);
  });
}
