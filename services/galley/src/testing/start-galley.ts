import type { Metrics } from '@quintet/runtime';
import { createApp, type GalleyApp } from '../app.ts';
import { environment } from '../testing-environment.ts';

/** A whole galley, without a process of its own. */
export type RunningGalley = {
  readonly app: GalleyApp;
  readonly metrics: Metrics;
  stop(): Promise<void>;
};

/** Starts galley with these flags. */
export async function startGalley(flags: readonly string[]): Promise<RunningGalley> {
  const env = environment(flags);
  const app = await createApp(env);
  const started: (typeof app.components)[number][] = [];
  const stop = async () => {
    for (const component of started.splice(0).reverse()) await component.stop?.(AbortSignal.timeout(5_000));
  };
  try {
    for (const component of app.components) {
      await component.start?.();
      started.push(component);
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { app, metrics: env.metrics, stop };
}
