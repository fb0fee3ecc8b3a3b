import type { Bus } from '@quintet/bus';
import { openSnapshot, type Snapshots, STORED_SNAPSHOT, signSnapshot } from '@quintet/mcp';
import {
  type CertificateHolder,
  type Certificates,
  type Clock,
  type Component,
  errorText,
  type Log,
  MeshError,
  type Timer,
} from '@quintet/runtime';

export type BusSnapshotOptions = {
  readonly snapshots: Snapshots;
  readonly bus: Pick<Bus, 'objects'>;
  readonly identity: CertificateHolder;
  /** Between two writes, milliseconds. */
  readonly intervalMs: number;
  readonly clock: Clock;
  readonly log: Log;
};

/**
 * Keeps what is handed out on the bus, signed with galley's certificate, so that pilot and mixer can start without
 * galley. It is written soon after a change and at most once an interval; again when the certificate is renewed, because
 * readers believe it only as long as its certificate is valid; and again when a write failed.
 */
export function createBusSnapshot(options: BusSnapshotOptions): Component {
  const writer = new Writer(options);
  let release: readonly (() => void)[] = [];
  return {
    name: 'bus-snapshot',
    start() {
      const { snapshots, identity } = options;
      release = [snapshots.watch(() => writer.due()), identity.onChange(() => writer.due())];
      writer.due();
    },
    async stop() {
      for (const each of release) each();
      await writer.stop();
    },
  };
}

/** A change seldom comes alone: the first write waits for so much of the interval. */
const FIRST_WAIT = 0.1;

class Writer {
  readonly #options: BusSnapshotOptions;
  #timer: Timer | undefined;
  #writing: Promise<void> | undefined;
  /** Something changed after the bytes under way were made. */
  #dirty = false;
  #stopped = false;
  #notBefore: number;
  #sequence: bigint | undefined;
  #problem = '';

  constructor(options: BusSnapshotOptions) {
    this.#options = options;
    this.#notBefore = options.clock.monotonic();
  }

  /** What is stored is not what is handed out. */
  due(): void {
    const { clock, intervalMs } = this.#options;
    this.#dirty = true;
    if (this.#stopped || this.#timer !== undefined || this.#writing !== undefined) return;
    const wait = Math.max(intervalMs * FIRST_WAIT, this.#notBefore - clock.monotonic());
    this.#timer = clock.after(wait, () => this.#fire());
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    await this.#writing;
  }

  #fire(): void {
    const { clock, intervalMs } = this.#options;
    this.#timer = undefined;
    this.#dirty = false;
    this.#notBefore = clock.monotonic() + intervalMs;
    this.#writing = this.#write().then((written) => {
      this.#writing = undefined;
      if (this.#dirty || !written) this.due();
    });
  }

  /** False when it is to be tried again. */
  async #write(): Promise<boolean> {
    const { snapshots, bus, identity, clock, log } = this.#options;
    const certificates = identity.current();
    const published = [...snapshots.collections].some((name) => snapshots.get(name) !== undefined);
    // A change of either says so.
    if (certificates === undefined || !published) return true;
    try {
      this.#sequence = await this.#nextSequence(certificates);
      const bytes = signSnapshot(snapshots, { sequence: this.#sequence, takenAt: clock.now() }, certificates);
      await bus.objects('snapshot').put(STORED_SNAPSHOT, bytes);
      this.#problem = '';
      log.debug({ sequence: String(this.#sequence), bytes: bytes.length }, 'configuration stored on the bus');
      return true;
    } catch (error) {
      const problem = errorText(error);
      if (problem !== this.#problem)
        log.warn({ err: error }, 'the configuration cannot be stored on the bus');
      this.#problem = problem;
      return false;
    }
  }

  /**
   * Higher than any before: than that of the last write, than what another galley or this one before a restart has
   * stored, and at least the time, for when neither is there to be read.
   */
  async #nextSequence(certificates: Certificates): Promise<bigint> {
    const { clock } = this.#options;
    const last = this.#sequence ?? (await this.#storedSequence(certificates));
    const time = BigInt(clock.now());
    return last < time ? time : last + 1n;
  }

  async #storedSequence(certificates: Certificates): Promise<bigint> {
    const { bus, clock, log } = this.#options;
    const bytes = await bus.objects('snapshot').get(STORED_SNAPSHOT);
    if (bytes === undefined) return 0n;
    try {
      const own = certificates.spiffeId;
      const signers = { allows: (id: string) => id === own };
      return openSnapshot(bytes, { certificates, signers, now: clock.now() }).sequence;
    } catch (error) {
      if (!(error instanceof MeshError)) throw error;
      log.warn({ reason: error.message }, 'the configuration on the bus is not ours: it is replaced');
      return 0n;
    }
  }
}
