import { type FSWatcher, watch } from 'node:fs';
import { type Clock, sleep, type Timer } from '../clock/clock.ts';

export type WatchOptions = {
  readonly directory: string;
  readonly clock: Clock;
  readonly onChange: () => void;
};

/** A swap of several files is over well within this time. */
const QUIET_MS = 50;
/** Some file systems send no events, and a directory may come to exist later: then this often. */
const LOOK_AGAIN_MS = 10_000;

/**
 * Calls `onChange` soon after something in a directory changed, and now and then also when nothing did; the
 * caller compares contents. Kubernetes swaps a directory by renaming a symbolic link in it: that is seen.
 * Returns what ends it.
 */
export function watchDirectory(options: WatchOptions): () => void {
  const { directory, clock, onChange } = options;
  const stop = new AbortController();
  let watcher: FSWatcher | undefined;
  let quiet: Timer | undefined;
  const changed = () => {
    quiet?.cancel();
    quiet = clock.after(QUIET_MS, onChange);
  };
  const drop = () => {
    watcher?.close();
    watcher = undefined;
  };
  const open = () => {
    try {
      watcher ??= watch(directory, { persistent: false }, changed).on('error', drop);
    } catch {
      // Not there yet: looked for again below.
    }
  };
  const lookAgain = async () => {
    for (open(); !stop.signal.aborted; ) {
      await sleep(clock, LOOK_AGAIN_MS, stop.signal);
      if (stop.signal.aborted) return;
      // A directory that was replaced as a whole keeps its old watcher silent: watch what is there now.
      drop();
      open();
      onChange();
    }
  };
  void lookAgain();
  return () => {
    stop.abort();
    quiet?.cancel();
    drop();
  };
}
