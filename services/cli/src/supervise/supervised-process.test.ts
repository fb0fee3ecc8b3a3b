import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@quintet/runtime/command';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ProcessEvent, type SupervisedProcess, superviseProcess } from './supervised-process.ts';

let folder = '';
let running: SupervisedProcess | undefined;
const events: ProcessEvent[] = [];
let told: () => void = () => undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'quintet-supervise-'));
  events.length = 0;
});
afterEach(() => running?.stop(1000));

type Settings = { readonly hopelessExitCode?: number; readonly restartDelayMs?: number };

function run(script: string, { hopelessExitCode, ...settings }: Settings = {}): SupervisedProcess {
  running = superviseProcess(
    {
      name: 'thing',
      command: ['/bin/sh', '-c', script],
      env: {},
      cwd: folder,
      log: join(folder, 'log'),
      ...(hopelessExitCode === undefined ? {} : { hopelessExitCode }),
    },
    {
      clock: systemClock,
      random: () => 0,
      ...settings,
      onEvent: (event) => {
        events.push(event);
        told();
      },
    },
  );
  return running;
}

async function eventCount(count: number): Promise<void> {
  while (events.length < count) {
    await new Promise<void>((resolve) => {
      told = resolve;
    });
  }
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 5000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('not within 5 s');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

const logText = (): string => readFileSync(join(folder, 'log'), 'utf8');

describe('superviseProcess', () => {
  it('starts again what ended, and tells its last words', async () => {
    run('echo sorry; exit 3');
    await eventCount(3);
    expect(events.slice(0, 3)).toEqual([
      {
        kind: 'ended',
        name: 'thing',
        how: 'with exit code 3',
        lastWords: 'sorry',
        log: join(folder, 'log'),
        retryMs: 125,
      },
      { kind: 'restarted', name: 'thing' },
      expect.objectContaining({ kind: 'ended', retryMs: 250 }),
    ]);
  });

  it('leaves a program down as long as it is told, or as long as its failures ask for', async () => {
    run('exit 3', { restartDelayMs: 200 });
    await eventCount(3);
    expect(events.filter(({ kind }) => kind === 'ended')).toMatchObject([{ retryMs: 200 }, { retryMs: 250 }]);
  });

  it('gives up after a hopeless exit code', async () => {
    run('exit 2', { hopelessExitCode: 2 });
    await eventCount(1);
    expect(events[0]).toMatchObject({ kind: 'ended', retryMs: undefined });
    await running?.stop(1000);
    expect(events).toHaveLength(1);
  });

  it('has the process id of the program itself', async () => {
    const { pid } = run('echo $$; exec sleep 60');
    await until(() => logText() !== '');
    expect(Number(logText())).toBe(pid);
  });

  it('ends a program that obeys, kills one that does not, and leaves no grandchild', async () => {
    const obedient = run('exec sleep 60');
    await until(() => obedient.pid !== undefined);
    await obedient.stop(5000);
    expect(events).toEqual([]);
    const stubborn = run("trap '' TERM; sleep 60 & echo $!; while :; do wait; done");
    await until(() => logText().includes('\n'));
    await stubborn.stop(50);
    await until(() => !isAlive(Number(logText())));
  });

  it('says when there is no such program', async () => {
    running = undefined;
    run('exec /does/not/exist');
    await eventCount(1);
    expect(events[0]).toMatchObject({ how: 'with exit code 127' });
  });
});
