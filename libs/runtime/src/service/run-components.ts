import { type Clock, sleep } from '../clock/clock.ts';
import type { Log } from '../log/log.ts';
import type { Component } from './component.ts';

export type RunOptions = {
  /** In the order of their start. */
  readonly components: readonly Component[];
  readonly log: Log;
  readonly clock: Clock;
  /** Aborted when the process is to end. */
  readonly signal: AbortSignal;
  /** Time that all stops together have, milliseconds. */
  readonly shutdownMs: number;
  /** Called when everything is started. */
  readonly onStarted?: () => void;
};

/** How the run ended: `failure` names the component that broke. */
export type RunResult = { readonly failure?: { readonly component: string; readonly error: unknown } };

/**
 * Starts components in order, waits until `signal` or the first failure, and stops what was started in reverse.
 * Never rejects. A component that does not stop in time is named in the log and left.
 */
export async function runComponents(options: RunOptions): Promise<RunResult> {
  const started: Component[] = [];
  const failures: Promise<RunResult>[] = [];
  const asked = new Promise<RunResult>((resolve) => {
    if (options.signal.aborted) return resolve({});
    options.signal.addEventListener('abort', () => resolve({}), { once: true });
  });
  let result: RunResult | undefined;
  for (const component of options.components) {
    started.push(component);
    if (component.failed !== undefined) failures.push(failureOf(component, component.failed));
    result = await Promise.race([startOne(component), asked, ...failures]);
    if (result !== undefined) break;
    options.log.debug({ component: component.name }, 'started');
  }
  if (result === undefined) {
    options.onStarted?.();
    result = await Promise.race([asked, ...failures]);
  }
  if (result.failure !== undefined) {
    const { component, error } = result.failure;
    options.log.error({ err: error, component }, 'a component failed; everything stops');
  }
  await stopAll(started.reverse(), options);
  return result;
}

async function startOne(component: Component): Promise<RunResult | undefined> {
  try {
    await component.start?.();
    return undefined;
  } catch (error) {
    return { failure: { component: component.name, error } };
  }
}

function failureOf(component: Component, failed: Promise<never>): Promise<RunResult> {
  return failed.catch((error: unknown) => ({ failure: { component: component.name, error } }));
}

async function stopAll(components: readonly Component[], options: RunOptions): Promise<void> {
  const deadline = new AbortController();
  const timer = options.clock.after(options.shutdownMs, () => deadline.abort());
  for (const component of components) {
    if (component.stop === undefined) continue;
    const stopped = stopOne(component, deadline.signal, options.log);
    const late = sleep(options.clock, 2 * options.shutdownMs, deadline.signal).then(() => 'late' as const);
    if ((await Promise.race([stopped, late])) === 'late') {
      options.log.warn({ component: component.name }, 'did not stop in time');
    }
  }
  timer.cancel();
  deadline.abort();
}

async function stopOne(component: Component, signal: AbortSignal, log: Log): Promise<'stopped'> {
  try {
    await component.stop?.(signal);
  } catch (error) {
    log.error({ err: error, component: component.name }, 'failed while stopping');
  }
  return 'stopped';
}
