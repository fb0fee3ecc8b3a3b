import { type ConfigObject, type Finding, resourceKey } from '@quintet/model';
import type { Clock } from '@quintet/runtime';

export type WorldCheckOptions<World> = {
  /** Other objects have nothing to do with it: they are right. */
  readonly concerns: (object: ConfigObject) => boolean;
  /** The present configuration. */
  readonly objects: () => Iterable<ConfigObject>;
  /** Indexes it; called when somebody asks and the configuration has changed since. */
  readonly make: (objects: Iterable<ConfigObject>) => World;
  /** What is wrong with an object in such a world, which it need not be part of. */
  readonly check: (world: World, object: ConfigObject) => readonly Finding[];
  readonly clock: Clock;
};

/** Checks an object against the configuration that it would come to. */
export type WorldCheck = {
  readonly check: (object: ConfigObject, options?: { readonly isDryRun?: boolean }) => readonly Finding[];
  /** Says that the configuration has changed. */
  readonly changed: () => void;
};

/** An object that was found right takes at most so long to come back from the API server. */
const ON_ITS_WAY_MS = 10_000;
const MOST_ON_THEIR_WAY = 1_000;

/**
 * A check that indexes the configuration once for all reviews between two changes. What was found right a moment ago
 * counts as being there: objects that refer to each other are written one after the other, faster than they are read
 * back. That somebody else refuses one of them makes the check more lenient for that moment, never stricter.
 */
export function createWorldCheck<World>(options: WorldCheckOptions<World>): WorldCheck {
  const { concerns, objects, make, check, clock } = options;
  const onTheirWay = new Map<string, { readonly object: ConfigObject; readonly until: number }>();
  let known: { readonly world: World } | undefined;
  const present = (): Iterable<ConfigObject> => {
    for (const [key, { until }] of onTheirWay) if (until <= clock.monotonic()) onTheirWay.delete(key);
    const coming = [...onTheirWay.values()].map(({ object }) => object);
    return coming.length === 0 ? objects() : [...objects(), ...coming];
  };
  return {
    check(object, { isDryRun = false } = {}) {
      if (!concerns(object)) return [];
      known ??= { world: make(present()) };
      const findings = check(known.world, object);
      if (findings.length === 0 && !isDryRun && onTheirWay.size < MOST_ON_THEIR_WAY) {
        onTheirWay.set(resourceKey(object), { object, until: clock.monotonic() + ON_ITS_WAY_MS });
        known = undefined;
      }
      return findings;
    },
    changed() {
      known = undefined;
    },
  };
}
