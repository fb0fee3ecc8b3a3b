import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import type { Bus, KeyValue } from '@quintet/bus';
import {
  DistributionShareSchema,
  type ObjectDistribution,
  ObjectDistributionSchema,
  PilotPresenceSchema,
} from '@quintet/proto/quintet/status/v1/distribution_pb.js';
import { type Clock, type Component, errorText, type Log, MeshError, sleep } from '@quintet/runtime';
import {
  countProxies,
  createObjectBook,
  type ProxyCount,
  type PublishedWorld,
  type Share,
} from './object-book.ts';
import type { ProxyProgress } from './proxy-progress.ts';

export type DistributionReportOptions = {
  /** This replica. */
  readonly instance: string;
  readonly bus: Pick<Bus, 'keyValue'>;
  readonly published: () => PublishedWorld;
  readonly proxies: () => readonly ProxyProgress[];
  readonly clock: Clock;
  readonly log: Log;
};

const EVERY_MS = 1_000;
/** Others take a pilot for gone that was silent for three times as long. */
const BEAT_MS = 10_000;
const GONE_MS = 3.5 * BEAT_MS;
/** Bounds the load on the bus; the rest follows a second later. */
const MOST_WRITES = 200;
const MOST_TRIES = 5;
const PRESENCE = 'pilots/';

/**
 * Tells on the bus which version of each object how many proxies of this pilot have, in the bucket `mesh-distribution`.
 * An object is written when it changes and while not everybody has it; nothing is written because proxies come and go.
 */
export function createDistributionReport(options: DistributionReportOptions): Component {
  const reporter = new Reporter(options);
  return {
    name: 'distribution',
    start: () => reporter.start(),
    stop: () => reporter.stop(),
  };
}

class Reporter {
  readonly #options: DistributionReportOptions;
  readonly #bucket: KeyValue;
  readonly #book = createObjectBook();
  /** Names of objects that are not written as they are, or that not everybody has; the newest last. */
  readonly #pending = new Set<string>();
  /** Our shares as the bucket has them. */
  readonly #written = new Map<string, Share>();
  /** When each pilot was heard of last. */
  readonly #heard = new Map<string, number>();
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;
  #watching = false;
  #endWatch: () => void = () => undefined;
  #taken = 0;
  #beat = 0n;
  #beatAt = Number.NEGATIVE_INFINITY;

  constructor(options: DistributionReportOptions) {
    this.#options = options;
    this.#bucket = options.bus.keyValue('distribution');
  }

  start(): void {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
    this.#endWatch();
    // Others need not wait until we are taken for gone.
    await this.#bucket.delete(PRESENCE + this.#options.instance).catch(() => undefined);
  }

  async #run(): Promise<void> {
    const { clock, log } = this.#options;
    const { signal } = this.#stop;
    while (!signal.aborted) {
      try {
        await this.#watch();
        await this.#tell();
      } catch (error) {
        // The bus is away: what is pending stays so.
        log.debug({ err: errorText(error) }, 'the distribution cannot be told now');
      }
      await sleep(clock, EVERY_MS, signal);
    }
  }

  /**
   * Hears of other pilots, so that their shares are dropped when they are gone; and of our own shares, which another pilot
   * may leave out that has not heard of us yet.
   */
  async #watch(): Promise<void> {
    if (this.#watching) return;
    const { clock } = this.#options;
    const { stop } = await this.#bucket.watch(({ key, value }) => {
      if (!key.startsWith(PRESENCE)) return this.#hearOfOwn(key, value);
      const instance = key.slice(PRESENCE.length);
      if (value === undefined) this.#heard.delete(instance);
      else this.#heard.set(instance, clock.monotonic());
    });
    this.#endWatch = stop;
    this.#watching = true;
  }

  #hearOfOwn(name: string, value: Uint8Array | undefined): void {
    const told = sharesIn(value)[this.#options.instance];
    if (sameShare(told, this.#written.get(name))) return;
    this.#remember(name, told);
    this.#pending.add(name);
  }

  #remember(name: string, share: Share | undefined): void {
    if (share === undefined) this.#written.delete(name);
    else this.#written.set(name, share);
  }

  async #tell(): Promise<void> {
    const { published, proxies } = this.#options;
    const world = published();
    if (world.revision !== this.#taken) {
      for (const name of this.#book.take(world)) {
        this.#pending.delete(name);
        this.#pending.add(name);
      }
      this.#taken = world.revision;
    }
    const count = countProxies(proxies());
    if (world.revision > 0) await this.#beatOnce(count);
    let writes = 0;
    for (const name of [...this.#pending].reverse()) {
      if (writes >= MOST_WRITES || this.#stop.signal.aborted) return;
      const share = this.#book.share(name, count);
      const before = this.#written.get(name);
      if (!sameShare(share, before)) {
        await this.#write(name, share);
        writes += 1;
      }
      this.#remember(name, share);
      if (share === undefined || share.acknowledged === share.total) this.#pending.delete(name);
    }
  }

  async #beatOnce({ total }: ProxyCount): Promise<void> {
    const { clock, instance } = this.#options;
    if (clock.monotonic() - this.#beatAt < BEAT_MS) return;
    this.#beat += 1n;
    const presence = create(PilotPresenceSchema, { beat: this.#beat, proxies: total });
    await this.#bucket.put(PRESENCE + instance, toBinary(PilotPresenceSchema, presence));
    this.#beatAt = clock.monotonic();
  }

  /** Puts our share among those of the other pilots; somebody else may do the same at the same time. */
  async #write(name: string, share: Share | undefined): Promise<void> {
    const { instance } = this.#options;
    for (let attempt = 1; ; attempt++) {
      const present = await this.#bucket.get(name);
      const kept = Object.entries(sharesIn(present?.value)).filter(
        ([other]) => other !== instance && this.#isPresent(other),
      );
      const own = share === undefined ? [] : [[instance, create(DistributionShareSchema, share)] as const];
      const next = [...kept, ...own].sort(([a], [b]) => (a < b ? -1 : 1));
      try {
        if (next.length === 0) {
          if (present !== undefined) await this.#bucket.delete(name);
          return;
        }
        const value = create(ObjectDistributionSchema, { shares: Object.fromEntries(next) });
        await this.#bucket.update(name, toBinary(ObjectDistributionSchema, value), present?.revision ?? 0);
        return;
      } catch (error) {
        const lostRace = error instanceof MeshError && error.code === 'aborted';
        if (!lostRace || attempt === MOST_TRIES) throw error;
      }
    }
  }

  #isPresent(instance: string): boolean {
    const at = this.#heard.get(instance);
    return at !== undefined && this.#options.clock.monotonic() - at < GONE_MS;
  }
}

/** The shares of all pilots; none in what cannot be read, which is written anew. */
function sharesIn(value: Uint8Array | undefined): ObjectDistribution['shares'] {
  if (value === undefined) return {};
  try {
    return fromBinary(ObjectDistributionSchema, value).shares;
  } catch {
    return {};
  }
}

function sameShare(a: Share | undefined, b: Share | undefined): boolean {
  return a?.version === b?.version && a?.acknowledged === b?.acknowledged && a?.total === b?.total;
}
