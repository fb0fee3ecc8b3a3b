import { describe, expect, it } from 'vitest';
import { createManualClock } from '../clock/manual-clock.ts';
import { createMemoryLog } from '../log/memory-log.ts';
import type { Component } from './component.ts';
import { runComponents } from './run-components.ts';

function setUp() {
  const steps: string[] = [];
  const stop = new AbortController();
  const clock = createManualClock();
  const log = createMemoryLog();
  const component = (name: string, more: Partial<Component> = {}): Component => ({
    name,
    start: () => void steps.push(`start ${name}`),
    stop: () => void steps.push(`stop ${name}`),
    ...more,
  });
  const run = (components: Component[]) =>
    runComponents({
      components,
      log,
      clock,
      signal: stop.signal,
      shutdownMs: 1000,
      onStarted: () => void steps.push('started'),
    });
  return { steps, stop, clock, log, component, run };
}

describe('components', () => {
  it('start in order and stop in reverse', async () => {
    const { steps, stop, component, run } = setUp();
    const ended = run([component('a'), component('b'), { name: 'c' }]);
    await expect.poll(() => steps).toContain('started');
    stop.abort();
    expect(await ended).toEqual({});
    expect(steps).toEqual(['start a', 'start b', 'started', 'stop b', 'stop a']);
  });

  it('all stop when one cannot start, the broken one too', async () => {
    const { steps, component, run, log } = setUp();
    const error = new Error('no port');
    const broken = component('b', { start: () => Promise.reject(error) });
    expect(await run([component('a'), broken, component('c')])).toEqual({
      failure: { component: 'b', error },
    });
    expect(steps).toEqual(['start a', 'stop b', 'stop a']);
    expect(log.lines.at(-1)?.fields).toMatchObject({ component: 'b', err: error });
  });

  it('all stop when one fails later', async () => {
    const { steps, component, run } = setUp();
    const failing = Promise.withResolvers<never>();
    const ended = run([component('a', { failed: failing.promise }), component('b')]);
    await expect.poll(() => steps).toContain('started');
    const error = new Error('broke');
    failing.reject(error);
    expect(await ended).toEqual({ failure: { component: 'a', error } });
    expect(steps.slice(-2)).toEqual(['stop b', 'stop a']);
  });

  it('are not waited for while they start, when the end is asked for', async () => {
    const { steps, stop, component, run } = setUp();
    const ended = run([component('a', { start: () => new Promise(() => {}) }), component('b')]);
    stop.abort();
    expect(await ended).toEqual({});
    expect(steps).toEqual(['stop a']);
  });

  it('that do not stop in time are told, named and left; the others still stop', async () => {
    const { steps, stop, clock, log, component, run } = setUp();
    const told = new Promise<void>((resolve) => {
      const hang = component('b', {
        stop: (signal) => {
          signal.addEventListener('abort', () => resolve());
          return new Promise(() => {});
        },
      });
      const throwing = component('c', { stop: () => Promise.reject(new Error('x')) });
      void run([component('a'), hang, throwing]).then(() => steps.push('ended'));
    });
    await expect.poll(() => steps).toContain('started');
    stop.abort();
    await expect.poll(() => log.lines.map((line) => line.message)).toContain('failed while stopping');
    await clock.advance(1000);
    await told;
    await expect.poll(() => steps.at(-1)).toBe('ended');
    expect(steps).toContain('stop a');
    expect(log.lines.find((line) => line.message === 'did not stop in time')?.fields.component).toBe('b');
  });
});
