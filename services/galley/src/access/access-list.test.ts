import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog, systemClock } from '@quintet/runtime';
import { describe, expect, it, vi } from 'vitest';
import { createAccessListFile, parseAccessList } from './access-list.ts';

const pilot = 'spiffe://cluster.local/ns/istio-system/sa/pilot';
const other = 'spiffe://cluster.local/ns/default/sa/other';

describe('parseAccessList', () => {
  it('allows those on the list', () => {
    const list = parseAccessList(`allowed: [${pilot}]`, 'f');
    expect([list.allows(pilot), list.allows(other)]).toEqual([true, false]);
  });

  it('allows all but those on a black list', () => {
    const list = parseAccessList(`isBlackList: true\nallowed:\n- ${other}`, 'f');
    expect([list.allows(pilot), list.allows(other)]).toEqual([true, false]);
  });

  it.each([
    ['', 'f: expected "allowed" to be a list'],
    ['allowed: x', 'f: expected "allowed" to be a list'],
    ['allowed: [1]', 'f: expected "allowed" to be a list'],
    ['allowed: []\nisBlacklist: true', 'f: unknown field "isBlacklist"'],
    ['allowed: []\nisBlackList: 1', 'f: expected "isBlackList"'],
    ['allowed: [', 'f: '],
  ])('refuses %j', (text, message) => {
    expect(() => parseAccessList(text, 'f')).toThrow(message);
  });
});

describe('an access list file', () => {
  it('is followed; what is wrong in it changes nothing', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'access-'));
    const path = join(directory, 'accesslist.yaml');
    await writeFile(path, `allowed: [${pilot}]`);
    const list = createAccessListFile({ path, clock: systemClock, log: silentLog });
    await list.start?.();
    expect([list.allows(pilot), list.allows(other)]).toEqual([true, false]);
    await writeFile(path, 'allowed: nobody');
    await writeFile(path, `allowed: [${other}]`);
    await vi.waitUntil(() => list.allows(other), { timeout: 10_000 });
    expect(list.allows(pilot)).toBe(false);
    await list.stop?.(AbortSignal.abort());
    await rm(directory, { recursive: true });
  });

  it('that cannot be read lets galley not start', async () => {
    const list = createAccessListFile({ path: '/no/such/file', clock: systemClock, log: silentLog });
    await expect(list.start?.()).rejects.toThrow('cannot use /no/such/file');
  });
});
