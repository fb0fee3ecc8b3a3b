import { join } from 'node:path';
import { createMetrics, extendConfig, SERVICE_OPTIONS, systemClock } from '@quintet/runtime';
import { createMemoryLog, freePort, type MemoryLog } from '@quintet/testkit';
import { createApp } from '../app.ts';
import { CONFIG } from '../config.ts';

/** A citadel in this process, with a real port. */
export type RunningCitadel = {
  readonly address: string;
  readonly log: MemoryLog;
  readonly rootFile: string;
  readonly metric: (name: string) => Promise<number>;
  readonly stop: () => Promise<void>;
};

/** Starts one in a directory of the caller's, self-signed unless the flags say otherwise. */
export async function startCitadel(
  directory: string,
  flags: readonly string[] = [],
): Promise<RunningCitadel> {
  const port = await freePort();
  const rootFile = join(directory, 'root-cert.pem');
  const own = ['--self-signed-ca', `--ca-dir=${join(directory, 'ca')}`, `--root-output=${rootFile}`];
  const argv = [...own, '--grpc-address=127.0.0.1', `--grpc-port=${port}`, ...flags];
  const parsed = extendConfig(CONFIG, SERVICE_OPTIONS).parse('citadel', { argv, env: {} });
  if (parsed.kind !== 'values') throw new Error(JSON.stringify(parsed));
  const metrics = createMetrics();
  const log = createMemoryLog();
  const { components } = await createApp({
    ...{
      name: 'citadel',
      version: '0',
      instance: 'citadel-1',
      config: parsed.values,
      log,
      metrics,
      clock: systemClock,
    },
    random: Math.random,
    shutdown: new AbortController().signal,
  });
  for (const component of components) await component.start?.();
  return {
    address: `127.0.0.1:${port}`,
    log,
    rootFile,
    async metric(name) {
      const line = (await metrics.text())
        .split('\n')
        .find((text) => text.startsWith(`${name} `) || text.startsWith(`${name}{`));
      return Number(line?.split(' ').at(-1) ?? Number.NaN);
    },
    async stop() {
      for (const component of [...components].reverse()) await component.stop?.(AbortSignal.abort());
    },
  };
}
