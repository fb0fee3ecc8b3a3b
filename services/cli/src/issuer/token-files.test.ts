import { mkdtempSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createManualClock } from '@quintet/runtime/testing';
import { describe, expect, it } from 'vitest';
import { createLocalIssuer, TOKEN_LIFETIME_MS } from './local-issuer.ts';
import { keepTokenFiles } from './token-files.ts';

describe('keepTokenFiles', () => {
  it('writes tokens for the owner alone, in both forms, and anew at half of their life', async () => {
    const folder = join(mkdtempSync(join(tmpdir(), 'quintet-token-')), 'till');
    const clock = createManualClock();
    const stop = new AbortController();
    await keepTokenFiles({
      issuer: createLocalIssuer(),
      folders: [{ folder, namespace: 'shop', serviceAccount: 'till' }],
      clock,
      signal: stop.signal,
      onError: (error) => expect.fail(String(error)),
    });
    const token = (): string => readFileSync(join(folder, 'token'), 'utf8');
    const sds = (): string => readFileSync(join(folder, 'sds.json'), 'utf8');
    const first = token();
    expect(sds()).toContain(first);
    expect(statSync(join(folder, 'token')).mode & 0o777).toBe(0o600);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    await clock.advance(TOKEN_LIFETIME_MS / 2);
    await expect.poll(() => sds().includes(token()) && token() !== first).toBe(true);
    stop.abort();
  });
});
