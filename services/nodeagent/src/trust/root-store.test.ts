import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseCertificates } from '@quintet/pki';
import { silentLog, systemClock } from '@quintet/runtime';
import {
  createManualClock,
  createMemoryLog,
  createTestCa,
  eventually,
  makeTempDir,
  type TempDir,
} from '@quintet/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openRootStore } from './root-store.ts';

describe('the roots of a node', () => {
  let dir: TempDir;
  beforeEach(async () => {
    dir = await makeTempDir('roots');
  });
  afterEach(async () => await dir.remove());

  const rootPem = async () => (await createTestCa()).rootPem;

  it('are those of the file and of the bundle, each once, and tell when they change', async () => {
    const file = join(dir.path, 'root-cert.pem');
    const [one, two] = [await rootPem(), await rootPem()];
    await writeFile(file, one);
    const counts: number[] = [];
    const store = await openRootStore({
      file,
      clock: createManualClock(),
      log: silentLog,
      onChange: (n) => counts.push(n),
    });
    let told = 0;
    const stop = store.subscribe(() => told++);
    store.setBundle(parseCertificates(one + two));
    store.setBundle(parseCertificates(two + one));
    expect(store.pem()).toBe([one, two].sort().join(''));
    expect([counts, told]).toEqual([[2], 1]);
    stop();
    store.setBundle([]);
    expect([store.pem(), told]).toEqual([one, 1]);
  });

  it('follow the file; a broken one leaves the last good roots and shows in readiness', async () => {
    const file = join(dir.path, 'root-cert.pem');
    await writeFile(file, await rootPem());
    const store = await openRootStore({
      file,
      clock: systemClock,
      log: createMemoryLog(),
      onChange: () => undefined,
    });
    await store.start?.();
    const next = await rootPem();
    await writeFile(file, next);
    await eventually(() => store.pem() === next);
    await writeFile(file, 'nonsense');
    await eventually(async () => (await store.checks?.[0]?.check())?.state === 'degraded');
    expect(store.pem()).toBe(next);
    await store.stop?.(AbortSignal.abort());
  });

  it.each([
    ['is not there', undefined],
    ['is broken', '-----BEGIN CERTIFICATE-----'],
  ])('wait for a file that %s at the start, and trust nobody until then', async (_, content) => {
    const file = join(dir.path, 'root-cert.pem');
    if (content !== undefined) await writeFile(file, content);
    const counts: number[] = [];
    const store = await openRootStore({
      ...{ file, clock: systemClock, log: silentLog },
      onChange: (count) => counts.push(count),
    });
    await store.start?.();
    expect([store.pem(), store.certificates()]).toEqual(['', []]);
    expect(await store.checks?.[0]?.check()).toMatchObject({ state: 'failed', detail: expect.any(String) });
    const root = await rootPem();
    await writeFile(file, root);
    await eventually(() => store.pem() === root);
    expect([await store.checks?.[0]?.check(), counts]).toEqual([{ state: 'ok' }, [1]]);
    await store.stop?.(AbortSignal.abort());
  });
});
