import { fork } from 'node:child_process';
import { join } from 'node:path';
import { NODE_FLAGS } from '../checkout.ts';
import type { FleetOrder, FleetReport } from './messages.ts';

/** Proxies that are none: streams in a process of their own. */
export type Fleet = {
  /** Opens the streams and resolves when each has had a whole configuration. */
  readonly connect: (address: string, nodeIds: readonly string[]) => Promise<Arrival>;
  /** Resolves when each stream has had routes with these characters in them. Call it before the change. */
  readonly marked: (mark: string) => Promise<Arrival>;
  readonly stop: () => void;
};

/** When the last stream had what was waited for (ms since 1970), and what all of them received for it. */
export type Arrival = { readonly at: number; readonly receivedBytes: number };

export function startFleet({ nodePath }: { readonly nodePath: string }): Fleet {
  const child = fork(join(import.meta.dirname, 'fleet-process.ts'), {
    execPath: nodePath,
    execArgv: [...NODE_FLAGS],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const order = (message: FleetOrder): void => {
    child.send(message);
  };
  const awaited = (kind: 'full' | 'marked'): Promise<Arrival> =>
    new Promise((resolve, reject) => {
      const finish = (act: () => void): void => {
        child.off('message', look).off('exit', ended);
        act();
      };
      const look = (report: FleetReport): void => {
        if (report.kind === 'ended') finish(() => reject(new Error(`a stream ended: ${report.reason}`)));
        else if (report.kind === kind) finish(() => resolve(report));
      };
      const ended = (): void => finish(() => reject(new Error('the fleet ended')));
      child.on('message', look).on('exit', ended);
    });
  return {
    connect(address, nodeIds) {
      const full = awaited('full');
      order({ kind: 'connect', address, nodeIds });
      return full;
    },
    marked(mark) {
      const marked = awaited('marked');
      order({ kind: 'expect', mark });
      return marked;
    },
    stop: () => child.kill('SIGKILL'),
  };
}
