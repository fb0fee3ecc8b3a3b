import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { guardedCommand } from './guarded-command.ts';

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('guardedCommand', () => {
  it('leaves nothing running when the starter is killed', async () => {
    const [file, ...args] = guardedCommand(['/bin/sh', '-c', 'sleep 60 & echo $$ $!; wait']);
    const starter = `
      const { spawn } = require('node:child_process');
      spawn(${JSON.stringify(file)}, ${JSON.stringify(args)}, { detached: true, stdio: ['pipe', 'inherit', 'inherit'] });
    `;
    const child = spawn(process.execPath, ['-e', starter], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [text]: Buffer[] = await once(child.stdout, 'data');
    const pids = String(text).trim().split(' ').map(Number);
    expect(pids).toHaveLength(2);
    expect(pids.every(isAlive)).toBe(true);
    child.kill('SIGKILL');
    const deadline = Date.now() + 5000;
    while (pids.some(isAlive) && Date.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, 10));
    expect(pids.filter(isAlive)).toEqual([]);
  });
});
