import type { TrustBundle, WatchRequest } from '@quintet/proto/quintet/trust/v1/trust_pb.js';
import type { Log } from '@quintet/runtime';
import type { TrustState } from './trust-state.ts';
import type { Watcher, Watchers } from './watchers.ts';

/** What a watch needs. */
export type WatchOptions = {
  readonly state: TrustState;
  readonly watchers: Watchers;
  readonly log: Log;
  readonly peer: string;
  readonly signal: AbortSignal;
};

/**
 * One stream: sends the present bundle unless the watcher says that it has it, then each newer one, but not before the one
 * sent last was answered. A refused bundle is not sent again; the next one is.
 */
export async function* watchTrust(
  requests: AsyncIterable<WatchRequest>,
  options: WatchOptions,
): AsyncGenerator<TrustBundle, void, void> {
  const { state, watchers, log, peer, signal } = options;
  const watcher: Watcher = { peer, nodeId: '', ackedHash: '', error: '' };
  const bell = createBell(signal);
  const unsubscribe = state.subscribe(bell.ring);
  let opened = false;
  let open = true;
  let outstanding = '';
  const read = async () => {
    for await (const request of requests) {
      if (!opened) watcher.nodeId = request.nodeId.slice(0, 256);
      opened = true;
      watcher.ackedHash = request.ackedHash.slice(0, 64);
      watcher.error = request.errorDetail.slice(0, 1024);
      if (watcher.error !== '')
        log.warn({ peer, nodeId: watcher.nodeId, detail: watcher.error }, 'trust bundle refused');
      outstanding = '';
      watchers.changed();
      bell.ring();
    }
  };
  const finished = read()
    .catch((error: unknown) => log.debug({ peer, err: error }, 'trust watch broke'))
    .finally(() => {
      open = false;
      bell.ring();
    });
  watchers.add(watcher);
  let sent = '';
  try {
    while (open && !signal.aborted) {
      const bundle = state.current();
      if (opened && outstanding === '' && bundle.hash !== sent && bundle.hash !== watcher.ackedHash) {
        sent = bundle.hash;
        outstanding = bundle.hash;
        yield bundle;
      } else await bell.rung();
    }
  } finally {
    unsubscribe();
    watchers.remove(watcher);
  }
  if (!signal.aborted) await finished;
}

/** Remembers that something happened until somebody asks. */
function createBell(signal: AbortSignal): { ring: () => void; rung: () => Promise<void> } {
  let pending = false;
  let wake: (() => void) | undefined;
  const ring = () => {
    pending = true;
    wake?.();
  };
  signal.addEventListener('abort', ring, { once: true });
  return {
    ring,
    async rung() {
      if (!pending) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      wake = undefined;
      pending = false;
    },
  };
}
