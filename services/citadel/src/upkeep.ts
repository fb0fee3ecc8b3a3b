import { certificatePem, PkiError, signTrustBundle } from '@quintet/pki';
import type { TrustBundle } from '@quintet/proto/quintet/trust/v1/trust_pb.js';
import {
  type Clock,
  type Component,
  type Log,
  MeshError,
  type Random,
  renewalDelay,
  type StaticIdentity,
  sleep,
  writeFileAtomically,
} from '@quintet/runtime';
import type { Authority } from './authority/authority.ts';
import type { AuthorityKeeper } from './authority/authority-keeper.ts';
import { type ExpiryLevel, expiryLevel } from './authority/expiry-alarm.ts';
import type { CitadelEvents } from './events.ts';
import type { CitadelMetrics } from './metrics.ts';
import { makeServerCertificate, type ServerCertificate, type ServerNames } from './server-certificate.ts';
import type { TrustState } from './trust/trust-state.ts';

/** What upkeep looks after. Durations are ms. */
export type UpkeepOptions = {
  readonly keeper: AuthorityKeeper;
  readonly identity: StaticIdentity;
  readonly first: ServerCertificate;
  readonly names: ServerNames;
  readonly trust: TrustState;
  readonly trustDomain: string;
  /** How often the stored authority is looked at; 0 never. */
  readonly checkIntervalMs: number;
  /** Begin at a random point of the interval, so that replicas do not look together. */
  readonly jitter: boolean;
  /** File the trusted roots are written to. */
  readonly rootOutput: string | undefined;
  readonly serial: () => Uint8Array;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly events: CitadelEvents;
  readonly metrics: CitadelMetrics;
};

const SHORTEST_WAIT_MS = 1000;

/**
 * Keeps citadel itself alive: looks at the stored authority, renews its own certificate at half-life, writes the roots for
 * others, hands out a new trust bundle when the roots change, and raises the alarm when an end comes near.
 */
export function createUpkeep(options: UpkeepOptions): Component {
  const upkeep = new Upkeep(options);
  const failure = Promise.withResolvers<never>();
  return {
    name: 'upkeep',
    failed: failure.promise,
    start: () => upkeep.start(failure.reject),
    stop: () => upkeep.stop(),
    checks: [
      {
        name: 'authority',
        check: () => {
          const { notAfter } = options.keeper.current();
          const detail = `ends ${new Date(notAfter).toISOString()}`;
          return { state: notAfter > options.clock.now() ? 'ok' : 'failed', detail };
        },
      },
    ],
  };
}

class Upkeep {
  readonly #options: UpkeepOptions;
  readonly #stop = new AbortController();
  #own: ServerCertificate;
  #announced: Authority;
  #alarmed: ExpiryLevel = 'none';

  constructor(options: UpkeepOptions) {
    this.#options = options;
    this.#own = options.first;
    this.#announced = options.keeper.current();
  }

  async start(onBug: (error: unknown) => void): Promise<void> {
    const { keeper, events, trust, clock, random, checkIntervalMs, jitter } = this.#options;
    await writeRoots(keeper.current(), this.#options.rootOutput);
    events.trustChanged(trust.current());
    this.#alarmed = raiseAlarm(this.#options, this.#alarmed);
    const halfLife = () => renewalDelay({ notAfter: this.#own.notAfter, now: clock.now(), random });
    this.#repeat(
      () => Math.max(SHORTEST_WAIT_MS, halfLife()),
      () => this.#renewOwn(),
    ).catch(onBug);
    if (checkIntervalMs === 0) return;
    let first = jitter ? random() : 1;
    const interval = () => {
      const wait = first * checkIntervalMs;
      first = 1;
      return wait;
    };
    this.#repeat(interval, () => this.#look()).catch(onBug);
  }

  stop(): void {
    this.#stop.abort();
  }

  async #repeat(waitMs: () => number, act: () => Promise<void>): Promise<void> {
    for (;;) {
      await sleep(this.#options.clock, waitMs(), this.#stop.signal);
      if (this.#stop.signal.aborted) return;
      try {
        await act();
      } catch (error) {
        if (!(error instanceof MeshError || error instanceof PkiError)) throw error;
        this.#options.log.error({ err: error }, 'upkeep failed; it is tried again');
      }
    }
  }

  async #look(): Promise<void> {
    const { keeper, events } = this.#options;
    await keeper.check();
    const authority = keeper.current();
    // Compared with what was told, not with what was found: telling may have failed the last time.
    if (authority !== this.#announced) {
      await this.#renewOwn();
      await this.#announce(authority);
      this.#announced = authority;
      events.rootRotated({ serial: authority.root.serial, notAfter: authority.root.notAfter });
    }
    this.#alarmed = raiseAlarm(this.#options, this.#alarmed);
  }

  async #renewOwn(): Promise<void> {
    const { keeper, names, clock, serial, identity } = this.#options;
    this.#own = await makeServerCertificate(keeper.current(), {
      ...names,
      now: clock.now(),
      serial: serial(),
    });
    identity.update(this.#own.texts);
  }

  async #announce(authority: Authority): Promise<void> {
    const { trust, trustDomain, clock, events, rootOutput } = this.#options;
    await writeRoots(authority, rootOutput);
    const sequence = max(trust.current().sequence + 1n, BigInt(clock.now()));
    trust.publish(bundleOf(authority, this.#own, { trustDomain, sequence, now: clock.now() }));
    events.trustChanged(trust.current());
  }
}

/** The bundle of an authority, signed with citadel's own certificate. */
export function bundleOf(
  authority: Authority,
  own: ServerCertificate,
  options: { readonly trustDomain: string; readonly sequence: bigint; readonly now: number },
): TrustBundle {
  return signTrustBundle({
    roots: authority.material.roots,
    trustDomain: options.trustDomain,
    sequence: options.sequence,
    issuedAt: options.now,
    signer: own,
  });
}

/** Tells once for each level, worse ones anew; answers with the level of now. */
function raiseAlarm(
  { keeper, clock, log, events, metrics }: UpkeepOptions,
  before: ExpiryLevel,
): ExpiryLevel {
  const { root, chain, notAfter } = keeper.current();
  metrics.rootCertExpiry.set(root.notAfter / 1000);
  metrics.authorityExpiry.set(notAfter / 1000);
  const ending = chain.find((one) => one.notAfter === notAfter) ?? root;
  const level = expiryLevel(ending, clock.now());
  if (level === before || level === 'none') return level;
  const fields = { level, serial: ending.serial, notAfter: new Date(notAfter).toISOString() };
  if (level === 'warning') log.warn(fields, 'the authority ends soon');
  else log.error(fields, level === 'expired' ? 'the authority has expired' : 'the authority is about to end');
  events.authorityExpiring({ level, serial: ending.serial, notAfter });
  return level;
}

async function writeRoots({ material }: Authority, file: string | undefined): Promise<void> {
  if (file === undefined) return;
  await writeFileAtomically(file, { text: material.roots.map(certificatePem).join(''), mode: 0o644 });
}

function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
