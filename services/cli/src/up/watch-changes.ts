import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { timestampMs } from '@bufbuild/protobuf/wkt';
import type { Bus, MessageOf } from '@quintet/bus';
import { errorText, sleep, systemClock } from '@quintet/runtime/command';
import { withMeshBus } from '../ask/mesh-bus.ts';
import type { MeshState } from '../mesh/mesh-state.ts';
import { type Acknowledgement, awaitAcknowledgement } from './acknowledgement.ts';
import type { Reporter } from './reporter.ts';

type Event = MessageOf<'event'>;

export type WatchOptions = {
  readonly mesh: MeshState;
  /** When this run of the mesh began and when it was ready, milliseconds since 1970. */
  readonly startedAt: number;
  readonly readyAt: number;
  readonly signal: AbortSignal;
  readonly reporter: Reporter;
};

/** So many of the latest events are looked at for what was rejected while the mesh started. */
const LATEST = 1000;
const RETRY_MS = 1000;

/**
 * Says what became of each change of the configuration: rejections at once, and for what was applied how long it took
 * from the save until every proxy concerned had acknowledged it. Rejections of the start are told first. Goes on until
 * `signal`; a bus that is gone is waited for.
 */
export async function watchChanges(options: WatchOptions): Promise<void> {
  const { mesh, signal, reporter } = options;
  let since = options.startedAt;
  while (!signal.aborted) {
    try {
      await withMeshBus(mesh, (bus) => follow(bus, { ...options, startedAt: since }));
    } catch (error) {
      if (!signal.aborted) reporter.line(`changes cannot be followed for now: ${errorText(error)}`);
    }
    since = systemClock.now();
    await sleep(systemClock, RETRY_MS, signal);
  }
}

async function follow(bus: Bus, options: WatchOptions): Promise<void> {
  const { signal, reporter, startedAt, readyAt } = options;
  let gathering: Event[] = [];
  for await (const event of bus.replay('event', { follow: true, last: LATEST, signal })) {
    const time = event.time === undefined ? 0 : timestampMs(event.time);
    if (time < startedAt) continue;
    if (event.type === 'config.rejected') reporter.line(`✗ ${event.message}`);
    const takesEffect = event.type === 'config.applied' || event.type === 'config.removed';
    if (!takesEffect || time < readyAt) continue;
    gathering.push(event);
    if (gathering.length > 1) continue;
    // What was saved together is told together: the first event of a save waits for the proxies, the others join it.
    void settle(bus, { first: event, signal }).then(async (state) => {
      const events = gathering;
      gathering = [];
      reporter.line(await changeLine(events, state));
    });
  }
}

/** A push may take up to its longest debounce to begin, and five seconds a step. */
const QUIET_MS = 1500;
const LIMIT_MS = 20_000;

function settle(
  bus: Bus,
  { first, signal }: { first: Event; signal: AbortSignal },
): Promise<Acknowledgement> {
  const since = first.time === undefined ? 0 : timestampMs(first.time);
  return awaitAcknowledgement(bus, { since, signal, quietMs: QUIET_MS, limitMs: LIMIT_MS });
}

async function changeLine(events: readonly Event[], state: Acknowledgement): Promise<string> {
  const [first] = events;
  const more = events.length > 1 ? ` and ${events.length - 1} more` : '';
  const what = `${first?.message ?? ''}${more}${placeOf(first)}`;
  switch (state.kind) {
    case 'acknowledged': {
      const seconds = ((state.at - (await savedAt(first))) / 1000).toFixed(2);
      return `✓ ${what}: acknowledged by ${proxies(state.proxies)} ${seconds} s after the save`;
    }
    case 'refused':
      return `✗ ${what}: refused by ${state.proxy}: ${state.error}`;
    case 'waiting':
      return `? ${what}: ${proxies(state.proxies)} did not answer yet`;
    case 'nothing':
      return `✓ ${what}: no proxy had to change`;
  }
}

function proxies(count: number): string {
  return count === 1 ? '1 proxy' : `${count} proxies`;
}

function placeOf(event: Event | undefined): string {
  const file = fileOf(event);
  return file === '' ? '' : ` (${basename(file)})`;
}

/** When the file was last written or renamed; the time of the event when it is gone. */
async function savedAt(event: Event | undefined): Promise<number> {
  const found = await stat(fileOf(event)).catch(() => undefined);
  if (found !== undefined && event?.type !== 'config.removed') return found.ctimeMs;
  return event?.time === undefined ? systemClock.now() : timestampMs(event.time);
}

function fileOf(event: Event | undefined): string {
  return event?.resource?.origin.replace(/:\d+$/, '') ?? '';
}
