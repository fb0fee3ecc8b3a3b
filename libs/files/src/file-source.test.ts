import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  watch,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { type Clock, type Log, silentLog, systemClock } from '@quintet/runtime';
import { createManualClock } from '@quintet/runtime/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { WatchDirectory } from './directory-watch.ts';
import { createFileSource, type FileSourceOptions, type FilesChange } from './file-source.ts';
import { FileTree } from './file-tree.ts';

let folder = '';
let stops: (() => unknown)[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'quintet-files-'));
});
afterEach(async () => {
  for (const stop of stops) await stop();
  stops = [];
  rmSync(folder, { recursive: true });
});

const at = (name: string): string => join(folder, name);

/** Follows a folder; `texts` is what it says as far as it was told, a reason in parentheses where there is no text. */
async function follow(options: Partial<FileSourceOptions> = {}) {
  const texts = new Map<string, string>();
  const changes: FilesChange[] = [];
  const waiting = new Set<() => void>();
  const source = createFileSource({
    ...{ paths: [folder], ignore: new Set(['mesh.yaml']), maxFileBytes: 1000, quietMs: 5, maxMs: 50 },
    ...{ clock: systemClock, log: silentLog },
    onChange(change) {
      changes.push(change);
      for (const path of change.removed) texts.delete(path.slice(folder.length + 1));
      for (const [path, content] of change.put)
        texts.set(
          path.slice(folder.length + 1),
          content.kind === 'text' ? content.text : `(${content.reason})`,
        );
      for (const check of [...waiting]) check();
    },
    ...options,
  });
  stops.push(() => source.stop?.(AbortSignal.abort()));
  await source.start?.();
  /** Resolves once what was told is this. */
  const says = (expected: Record<string, string>): Promise<void> =>
    new Promise((resolve) => {
      const wanted = JSON.stringify(Object.entries(expected).sort());
      const check = (): void => {
        if (JSON.stringify([...texts].sort()) !== wanted) return;
        waiting.delete(check);
        resolve();
      };
      waiting.add(check);
      check();
    });
  return { source, texts, changes, says };
}

/** Far less than the time after which everything is looked at again: what is seen by then was seen by the watch. */
const SOON = 5_000;

describe('the first look', () => {
  it('reads what has the extensions, through links, without hidden names', async () => {
    mkdirSync(at('..data'));
    writeFileSync(at('..data/b.yaml'), 'b');
    symlinkSync('..data/b.yaml', at('b.yaml'));
    mkdirSync(at('sub.yaml'));
    writeFileSync(at('sub.yaml/c.json'), 'c');
    for (const name of ['a.yml', 'notes.txt', '.d.yaml', 'mesh.yaml']) writeFileSync(at(name), 'a');
    const { texts, changes } = await follow();
    expect(Object.fromEntries(texts)).toEqual({ 'a.yml': 'a', 'b.yaml': 'b', 'sub.yaml/c.json': 'c' });
    expect(changes).toHaveLength(1);
  });

  it('says why something cannot be read, and which path is missing', async () => {
    writeFileSync(at('big.yaml'), 'x'.repeat(1001));
    symlinkSync('loop.yaml', at('loop.yaml'));
    symlinkSync('nothing', at('gone.yaml'));
    const paths = [at('big.yaml'), at('loop.yaml'), at('gone.yaml')];
    const { texts, changes } = await follow({ paths });
    expect(texts.get('big.yaml')).toBe('(1001 bytes, at most 1000 are read)');
    expect(texts.get('loop.yaml')).toMatch(/^\(ELOOP: /);
    expect(texts.get('gone.yaml')).toBe('(no such file or directory)');
    expect(changes[0]?.missing).toBe(`${at('big.yaml')}: 1001 bytes, at most 1000 are read`);
  });

  it('hands over many files in parts', async () => {
    for (let file = 0; file < 250; file++) writeFileSync(at(`${file}.yaml`), 'a');
    const { texts, changes } = await follow();
    expect(texts.size).toBe(250);
    expect(changes.map(({ isPartial, missing }) => [isPartial, missing === undefined])).toEqual([
      [true, false],
      [false, true],
    ]);
  });

  it('ends where links lead in a circle', async () => {
    symlinkSync('.', at('up'));
    const { texts } = await follow();
    expect([...texts.values()]).toEqual(['(more than 16 levels deep)']);
  });

  it('does not wait for what is no file', async () => {
    execFileSync('mkfifo', [at('pipe.yaml')]);
    symlinkSync('/dev/zero', at('zero.yaml'));
    const server = createServer();
    await new Promise<void>((done) => server.listen(at('socket.yaml'), done));
    const { texts } = await follow();
    expect(Object.fromEntries(texts)).toEqual({
      'pipe.yaml': '(a pipe, expected a file)',
      'socket.yaml': '(a socket, expected a file)',
      'zero.yaml': '(a device, expected a file)',
    });
    await new Promise((done) => server.close(done));
  });

  it('reads named files whatever they are called', async () => {
    writeFileSync(at('mesh'), 'm');
    const paths = [at('mesh'), folder];
    const { texts } = await follow({ paths, named: true });
    expect(Object.fromEntries(texts)).toEqual({ mesh: 'm', '': '(a directory, expected a file)' });
  });
});

describe('following', () => {
  it(
    'sees files written, replaced, moved and removed',
    async () => {
      const { says, changes } = await follow();
      writeFileSync(at('a.yaml'), '1');
      await says({ 'a.yaml': '1' });
      writeFileSync(at('.a.tmp'), '2');
      renameSync(at('.a.tmp'), at('a.yaml'));
      await says({ 'a.yaml': '2' });
      const before = changes.length;
      renameSync(at('a.yaml'), at('b.yaml'));
      await says({ 'b.yaml': '2' });
      expect(changes.length - before, 'a moved file is believed at once').toBe(1);
      rmSync(at('b.yaml'));
      await says({});
    },
    SOON,
  );

  it(
    'counts an emptied or vanished file as before until a second look',
    async () => {
      writeFileSync(at('a.yaml'), '1');
      writeFileSync(at('b.yaml'), '1');
      const { says, changes } = await follow();
      writeFileSync(at('a.yaml'), ' \n');
      rmSync(at('b.yaml'));
      writeFileSync(at('c.yaml'), '3');
      await says({ 'a.yaml': '1', 'b.yaml': '1', 'c.yaml': '3' });
      await says({ 'a.yaml': ' \n', 'c.yaml': '3' });
      writeFileSync(at('a.yaml'), '1');
      await says({ 'a.yaml': '1', 'c.yaml': '3' });
      expect(changes.length).toBeGreaterThan(2);
    },
    SOON,
  );

  it(
    'sees a mounted ConfigMap swapped by its link',
    async () => {
      const version = (number: number): void => {
        mkdirSync(at(`..${number}`));
        writeFileSync(at(`..${number}/a.yaml`), `v${number}`);
        symlinkSync(`..${number}`, at('..data_tmp'));
        renameSync(at('..data_tmp'), at('..data'));
      };
      version(1);
      symlinkSync('..data/a.yaml', at('a.yaml'));
      const whole = await follow();
      const single = await follow({ paths: [at('a.yaml')], named: true });
      await Promise.all([whole.says({ 'a.yaml': 'v1' }), single.says({ 'a.yaml': 'v1' })]);
      version(2);
      await Promise.all([whole.says({ 'a.yaml': 'v2' }), single.says({ 'a.yaml': 'v2' })]);
    },
    SOON,
  );

  it(
    'sees directories made, swapped, and removed and made again',
    async () => {
      const { says } = await follow();
      mkdirSync(at('d/e'), { recursive: true });
      writeFileSync(at('d/e/a.yaml'), '1');
      await says({ 'd/e/a.yaml': '1' });
      mkdirSync(at('.next'));
      writeFileSync(at('.next/a.yaml'), '2');
      renameSync(at('d/e'), at('.old'));
      renameSync(at('.next'), at('d/e'));
      await says({ 'd/e/a.yaml': '2' });
      rmSync(at('d'), { recursive: true });
      mkdirSync(at('d/e'), { recursive: true });
      writeFileSync(at('d/e/a.yaml'), '3');
      await says({ 'd/e/a.yaml': '3' });
      writeFileSync(at('d/e/a.yaml'), '4');
      await says({ 'd/e/a.yaml': '4' });
      rmSync(at('d'), { recursive: true });
      await says({});
    },
    SOON,
  );

  it(
    'takes a path that has gone for unreadable, and sees it come back',
    async () => {
      mkdirSync(at('config'));
      writeFileSync(at('config/a.yaml'), '1');
      const { says, source } = await follow({ paths: [at('config')] });
      rmSync(at('config'), { recursive: true });
      await says({ config: '(no such file or directory)' });
      expect(source.health()).toMatchObject({ state: 'degraded', detail: expect.stringContaining('config') });
      mkdirSync(at('config'));
      writeFileSync(at('config/a.yaml'), '2');
      await says({ 'config/a.yaml': '2' });
      expect(source.health()).toEqual({ state: 'ok' });
    },
    SOON,
  );

  it(
    'goes on seeing a directory that was made anew in a flood of events',
    async () => {
      mkdirSync(at('d'));
      writeFileSync(at('d/a.yaml'), '1');
      // With more events than are followed one by one; what is made anew may have the number of what has gone.
      const watchDirectory: WatchDirectory = (directory, onEvent) =>
        watch(directory, { persistent: false }, (event, name) => {
          onEvent(event, name);
          for (let more = 0; more < 2000; more++) onEvent(event, 'noise.txt');
        });
      const { says } = await follow({ watchDirectory });
      rmSync(at('d'), { recursive: true });
      mkdirSync(at('d'));
      writeFileSync(at('d/a.yaml'), '2');
      await says({ 'd/a.yaml': '2' });
      writeFileSync(at('d/a.yaml'), '3');
      await says({ 'd/a.yaml': '3' });
    },
    SOON,
  );

  it(
    'sees changes of hidden paths that were asked for',
    async () => {
      mkdirSync(at('..1'));
      writeFileSync(at('..1/a.yaml'), '1');
      symlinkSync('..1', at('..data'));
      writeFileSync(at('.b'), '1');
      const links = await follow({ paths: [at('..data')] });
      const named = await follow({ paths: [at('.b')], named: true });
      await named.says({ '.b': '1' });
      writeFileSync(at('.b'), '2');
      await named.says({ '.b': '2' });
      mkdirSync(at('..2'));
      writeFileSync(at('..2/a.yaml'), '2');
      symlinkSync('..2', at('..next'));
      renameSync(at('..next'), at('..data'));
      await links.says({ '..data/a.yaml': '2' });
    },
    SOON,
  );

  it(
    'sees a path come back whose parent was made anew',
    async () => {
      mkdirSync(at('p/config'), { recursive: true });
      writeFileSync(at('p/config/a.yaml'), '1');
      const { says } = await follow({ paths: [at('p/config')] });
      rmSync(at('p'), { recursive: true });
      mkdirSync(at('p/config'), { recursive: true });
      writeFileSync(at('p/config/a.yaml'), '2');
      await says({ 'p/config/a.yaml': '2' });
      rmSync(at('p/config'), { recursive: true });
      await says({ 'p/config': '(no such file or directory)' });
      mkdirSync(at('p/config'));
      writeFileSync(at('p/config/a.yaml'), '3');
      await says({ 'p/config/a.yaml': '3' });
    },
    SOON,
  );

  it(
    'loses nothing in a burst of 1,000 writes, renames and deletions',
    async () => {
      mkdirSync(at('sub'));
      const { says } = await follow();
      const random = pseudoRandom(7);
      const file = (): string =>
        at(random() < 0.5 ? `f${Math.floor(random() * 40)}.yaml` : `sub/f${Math.floor(random() * 40)}.yaml`);
      for (let step = 0; step < 1000; step++) {
        const dice = random();
        if (dice < 0.5) writeFileSync(file(), `step: ${step}`);
        else if (dice < 0.7) {
          writeFileSync(at('.tmp'), `step: ${step}`);
          renameSync(at('.tmp'), file());
        } else if (dice < 0.85) moveIfThere(file(), file());
        else if (dice < 0.99) rmSync(file(), { force: true });
        else {
          rmSync(at('sub'), { recursive: true });
          mkdirSync(at('sub'));
        }
        if (step % 10 === 0) await setImmediate();
      }
      await says(textsBelow(folder));
    },
    SOON,
  );
});

/** A file system whose watches can be refused: `refuse` says with which error, if any. */
function unreliableWatch(refuse: (directory: string) => string | undefined) {
  const failing = new Map<string, (error: Error) => void>();
  const errorOf = (code: string): Error => Object.assign(new Error(`watch: ${code}`), { code });
  const watchDirectory: WatchDirectory = (directory, onEvent) => {
    const code = refuse(directory);
    if (code !== undefined) throw errorOf(code);
    const watcher = watch(directory, { persistent: false }, onEvent);
    return {
      close: () => watcher.close(),
      on(event, listener) {
        failing.set(directory, listener);
        return watcher.on(event, listener);
      },
    };
  };
  return {
    watchDirectory,
    fail: (directory: string, code: string) => failing.get(directory)?.(errorOf(code)),
  };
}

/** Twenty times as fast as the real one, so that looking every 2 s need not be waited for. */
const fastClock: Clock = { ...systemClock, after: (ms, run) => systemClock.after(ms / 20, run) };

/** Follows with a log of which the warnings are kept. */
async function followLoudly(options: Partial<FileSourceOptions>) {
  const warnings: string[] = [];
  const log: Log = { ...silentLog, warn: (_: unknown, text?: string) => void warnings.push(text ?? '') };
  return { ...(await follow({ ...options, log, clock: fastClock })), warnings };
}

describe('where the system has no more watches', () => {
  it.each(['ENOSPC', 'EMFILE'])(
    'looks instead, says so once, and loses nothing: %s',
    async (code) => {
      const { watchDirectory } = unreliableWatch(() => code);
      mkdirSync(at('sub'));
      writeFileSync(at('sub/a.yaml'), '1');
      const { says, source, warnings } = await followLoudly({ watchDirectory });
      await says({ 'sub/a.yaml': '1' });
      expect(source.health()).toEqual({
        state: 'degraded',
        detail: `3 directories cannot be watched (${code}): their files are looked at every 2 to 10 s`,
      });
      for (let step = 0; step < 300; step++) {
        writeFileSync(at(`sub/f${step % 40}.yaml`), `step: ${step}`);
        if (step % 7 === 0) rmSync(at(`sub/f${(step * 3) % 40}.yaml`), { force: true });
      }
      mkdirSync(at('new'));
      writeFileSync(at('new/b.yaml'), '2');
      renameSync(at('sub/a.yaml'), at('c.yaml'));
      await says(textsBelow(folder));
      expect(warnings).toEqual([
        'not all directories can be watched: their files are looked at every 2 to 10 s',
      ]);
    },
    SOON,
  );

  it(
    'watches what it can',
    async () => {
      mkdirSync(at('sub'));
      const { watchDirectory } = unreliableWatch((directory) =>
        directory === at('sub') ? 'ENOSPC' : undefined,
      );
      const { says, source } = await followLoudly({ watchDirectory });
      expect(source.health()).toMatchObject({ detail: expect.stringContaining('1 directories') });
      writeFileSync(at('a.yaml'), '1');
      writeFileSync(at('sub/b.yaml'), '1');
      await says({ 'a.yaml': '1', 'sub/b.yaml': '1' });
    },
    SOON,
  );

  it(
    'begins to look often as soon as a new directory cannot be watched',
    async () => {
      const { watchDirectory } = unreliableWatch((directory) =>
        directory === at('d') ? 'ENOSPC' : undefined,
      );
      const clock = createManualClock();
      const { says } = await follow({ clock, watchDirectory });
      expect(clock.untilNext()).toBe(10_000);
      mkdirSync(at('d'));
      writeFileSync(at('d/a.yaml'), '1');
      await expect.poll(() => clock.untilNext()).toBe(5);
      await clock.advance(5);
      await says({ 'd/a.yaml': '1' });
      await expect.poll(() => clock.untilNext()).toBe(2_000);
    },
    SOON,
  );

  it(
    'notices watches that end, and watches again when that is possible',
    async () => {
      let refused: string | undefined;
      const { watchDirectory, fail } = unreliableWatch(() => refused);
      const { says, source, warnings } = await followLoudly({ watchDirectory });
      expect(source.health()).toEqual({ state: 'ok' });
      refused = 'ENOSPC';
      fail(folder, 'ENOSPC');
      writeFileSync(at('a.yaml'), '1');
      await says({ 'a.yaml': '1' });
      expect(source.health()).toMatchObject({ state: 'degraded' });
      refused = undefined;
      await expect.poll(() => source.health()).toEqual({ state: 'ok' });
      expect(warnings).toHaveLength(1);
      writeFileSync(at('a.yaml'), '2');
      await says({ 'a.yaml': '2' });
    },
    SOON,
  );
});

describe('without a watch', () => {
  it('looks everywhere after the usual time, however long the first look and its taking over took', async () => {
    const manual = createManualClock();
    let busyMs = 0;
    const clock = { ...manual, monotonic: () => manual.monotonic() + busyMs };
    const onChange = () => {
      busyMs += 5000;
    };
    await follow({ clock, onChange });
    expect(manual.untilNext()).toBe(10_000);
    await manual.advance(10_000);
    expect(manual.untilNext()).toBe(10_000);
  });

  it('looks everywhere once a minute at least, however long a look took', async () => {
    const manual = createManualClock();
    let busyMs = 0;
    const monotonic = (): number => {
      busyMs += 1000;
      return manual.monotonic() + busyMs;
    };
    await follow({ clock: { ...manual, monotonic } });
    await manual.advance(10_000);
    expect(manual.untilNext()).toBe(60_000);
  });

  it('finds by looking what changed, also when neither size nor time tell', async () => {
    const blind = { ensure: () => {}, drop: () => {} };
    let now = Date.now();
    const clock = { ...systemClock, now: () => now };
    const tree = new FileTree({ paths: [folder], maxFileBytes: 1000, clock }, blind);
    writeFileSync(at('a.yaml'), '1');
    expect([...(await tree.look('everywhere')).put.keys()]).toEqual([at('a.yaml')]);
    expect(tree.files.get(at('a.yaml'))?.isSettled).toBe(false);
    writeFileSync(at('a.yaml'), '2');
    now += 10_000;
    expect([...(await tree.look('everywhere')).put.values()]).toEqual([{ kind: 'text', text: '2' }]);
    expect(tree.files.get(at('a.yaml'))?.isSettled).toBe(true);
    expect((await tree.look('everywhere')).put.size).toBe(0);
    writeFileSync(at('a.yaml'), '3');
    expect([...(await tree.look('everywhere')).put.values()]).toEqual([{ kind: 'text', text: '3' }]);
  });
});

function moveIfThere(from: string, to: string): void {
  if (existsSync(from)) renameSync(from, to);
}

/** The texts of all files below a folder, by their path in it. */
function textsBelow(root: string): Record<string, string> {
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' });
  return Object.fromEntries(
    names
      .filter((name) => name.endsWith('.yaml'))
      .map((name) => [name, readFileSync(join(root, name), 'utf8')]),
  );
}

/** Numbers from 0 to 1 that are the same in every run. */
function pseudoRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}
