import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createManualClock } from '../clock/manual-clock.ts';
import { createMemoryLog } from '../log/memory-log.ts';
import type { HealthState } from './health.ts';
import { createProbeFile } from './probe-file.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'quintet-probe-'));
});
afterEach(() => rm(directory, { recursive: true }));

function start(path: string) {
  const clock = createManualClock();
  const log = createMemoryLog();
  let state: HealthState = 'ok';
  const probe = createProbeFile({
    name: 'readiness',
    path,
    intervalMs: 1000,
    state: () => state,
    clock,
    log,
  });
  probe.start?.();
  const age = async () => clock.now() - (await stat(path)).mtimeMs;
  return { clock, log, age, probe, becomes: (next: HealthState) => (state = next) };
}

it('a file for probes is as young as half an interval while all is well, and gone when not', async () => {
  const { clock, age, probe, becomes } = start(join(directory, 'ready'));
  await expect.poll(age).toBe(0);
  await clock.advance(600);
  await expect.poll(age).toBeLessThan(500);
  becomes('degraded');
  await clock.advance(600);
  await expect.poll(age).toBeLessThan(500);
  becomes('failed');
  await clock.advance(600);
  await expect.poll(() => age().catch(() => 'gone')).toBe('gone');
  becomes('ok');
  await clock.advance(600);
  await expect.poll(age).toBeLessThan(500);
  await probe.stop?.(AbortSignal.timeout(1000));
  await expect(age()).rejects.toThrow('ENOENT');
});

it('a file that cannot be written is told of once', async () => {
  const { clock, log, probe } = start(join(directory, 'none', 'ready'));
  await expect.poll(() => log.lines.length).toBe(1);
  await clock.advance(5000);
  await probe.stop?.(AbortSignal.timeout(1000));
  expect(log.lines.map(({ message }) => message)).toEqual(['cannot renew the file of the readiness probe']);
});
