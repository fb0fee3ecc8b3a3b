import { fromBinary } from '@bufbuild/protobuf';
import type { Bus, KeyValueChange, Subscription } from '@quintet/bus';
import type { ConfigObject } from '@quintet/model';
import {
  type ObjectDistribution,
  ObjectDistributionSchema,
} from '@quintet/proto/quintet/status/v1/distribution_pb.js';
import {
  type Clock,
  type Component,
  createBackoff,
  errorText,
  type Log,
  type Random,
  sleep,
} from '@quintet/runtime';
import type { Distributed } from './status.ts';

export type DistributionReaderOptions = {
  readonly bus: Pick<Bus, 'keyValue'>;
  /** Something is known anew of the object `<collection>/<namespace>/<name>`; without a key: of any. */
  readonly onChange: (key: string | undefined) => void;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
};

/** What pilots tell of the way of objects to proxies. */
export type DistributionReader = Component & {
  of(object: Pick<ConfigObject, 'collection' | 'namespace' | 'name' | 'version'>): Distributed | undefined;
};

const PRESENCE = 'pilots/';
/** A pilot that was silent for this long is gone; it tells of itself every 10 s. */
const GONE_MS = 35_000;

/** Follows the bucket `mesh-distribution`. Without a bus nothing is known, and nothing else happens. */
export function createDistributionReader(options: DistributionReaderOptions): DistributionReader {
  const { bus, onChange, clock, random, log } = options;
  const objects = new Map<string, ObjectDistribution>();
  const heard = new Map<string, number>();
  const stop = new AbortController();
  let subscription: Subscription | undefined;
  const take = ({ key, value }: KeyValueChange) => {
    if (key.startsWith(PRESENCE)) {
      const instance = key.slice(PRESENCE.length);
      const known = isPresent(heard.get(instance), clock);
      if (value === undefined) heard.delete(instance);
      else heard.set(instance, clock.monotonic());
      if (known !== (value !== undefined)) onChange(undefined);
      return;
    }
    if (value === undefined) objects.delete(key);
    else objects.set(key, fromBinary(ObjectDistributionSchema, value));
    onChange(key);
  };
  const follow = async () => {
    const backoff = createBackoff({ initialMs: 1_000, maxMs: 30_000, random });
    while (!stop.signal.aborted) {
      try {
        subscription = await bus.keyValue('distribution').watch((change) => {
          try {
            take(change);
          } catch (error) {
            log.warn({ err: error, key: change.key }, 'what a pilot tells cannot be read');
          }
        });
        if (stop.signal.aborted) subscription.stop();
        return;
      } catch (error) {
        log.debug({ err: errorText(error) }, 'the distribution cannot be followed yet');
        await sleep(clock, backoff.next(), stop.signal);
      }
    }
  };
  return {
    name: 'distribution',
    start: () => void follow(),
    stop() {
      stop.abort();
      subscription?.stop();
    },
    of({ collection, namespace, name, version }) {
      const present = [...heard].flatMap(([instance, at]) => (isPresent(at, clock) ? [instance] : []));
      if (present.length === 0) return undefined;
      const shares = objects.get(`${collection}/${namespace}/${name}`)?.shares ?? {};
      return sumOf(
        present.map((instance) => shares[instance]),
        version,
      );
    },
  };
}

function isPresent(heardAt: number | undefined, clock: Clock): boolean {
  return heardAt !== undefined && clock.monotonic() - heardAt < GONE_MS;
}

/** A pilot that has another version, or has told nothing yet, has it nowhere. */
function sumOf(
  shares: readonly (ObjectDistribution['shares'][string] | undefined)[],
  version: string,
): Distributed {
  let acknowledged = 0;
  let total = 0;
  let complete = true;
  for (const share of shares) {
    total += share?.total ?? 0;
    if (share?.version === version) acknowledged += share.acknowledged;
    complete &&= share?.version === version && share.acknowledged === share.total;
  }
  return { acknowledged, total, complete };
}
