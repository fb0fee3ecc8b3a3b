import { setTimeout as delay } from 'node:timers/promises';

export type EventuallyOptions = {
  /** Milliseconds; 5 s unless given. */
  readonly timeoutMs?: number;
  /** Milliseconds between attempts; 20 unless given. */
  readonly everyMs?: number;
};

/**
 * Calls `attempt` until it neither throws nor answers false, and gives its answer. For what sends no event: where
 * there is one (a revision, an acknowledgement), wait for that. Fails with the last error at the deadline.
 */
export async function eventually<T>(
  attempt: () => T | Promise<T>,
  options: EventuallyOptions = {},
): Promise<Exclude<T, false>> {
  const { timeoutMs = 5000, everyMs = 20 } = options;
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    let failure: unknown;
    try {
      const answer = await attempt();
      if (isTrue(answer)) return answer;
      failure = new Error('the condition is still false');
    } catch (error) {
      failure = error;
    }
    if (performance.now() >= deadline) {
      throw new Error(`not within ${timeoutMs} ms: ${failure instanceof Error ? failure.message : failure}`, {
        cause: failure,
      });
    }
    await delay(everyMs);
  }
}

function isTrue<T>(answer: T): answer is Exclude<T, false> {
  return answer !== false;
}
