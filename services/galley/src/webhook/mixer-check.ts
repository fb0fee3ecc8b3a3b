import { type MixerWorld, mixerFindingsIn, mixerObjectFindings, mixerWorld } from '@quintet/expr';
import { type ConfigObject, kindByName } from '@quintet/model';
import type { Clock } from '@quintet/runtime';
import { createWorldCheck, type WorldCheck } from './world-check.ts';

/** Checks mixer's objects alone and against the handlers, instances, templates and manifests that there are. */
export function createMixerCheck(options: {
  readonly objects: () => Iterable<ConfigObject>;
  readonly clock: Clock;
}): WorldCheck {
  return createWorldCheck<MixerWorld>({
    ...options,
    concerns: ({ kind }) => kindByName(kind)?.group === 'config.istio.io',
    make: mixerWorld,
    check: (world, object) => [...mixerObjectFindings(object), ...mixerFindingsIn(world, object)],
  });
}
