import { createManualClock } from '@quintet/runtime/testing';
import { describe, expect, it } from 'vitest';
import { collectReplies } from './collect-replies.ts';

describe('replies to a question', () => {
  it('that cannot be sent: the error is the answer, and nothing is left running', async () => {
    const clock = createManualClock();
    const collected = collectReplies({
      clock,
      timeoutMs: 1000,
      start() {
        throw new Error('the connection is closing');
      },
    });
    await expect(collected).rejects.toThrow('the connection is closing');
    await clock.advance(2000);
    expect(clock.pending()).toBe(0);
  });

  it('that is answered: what came within the time', async () => {
    const clock = createManualClock();
    const listeners: ((reply: string) => void)[] = [];
    let ended = 0;
    const collected = collectReplies<string>({
      clock,
      timeoutMs: 1000,
      start(onReply) {
        listeners.push(onReply);
        return () => {
          ended += 1;
        };
      },
    });
    for (const reply of listeners) reply('a');
    await clock.advance(1000);
    expect(await collected).toEqual(['a']);
    expect(ended).toBe(1);
  });
});
