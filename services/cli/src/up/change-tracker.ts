import { timestampMs } from '@bufbuild/protobuf/wkt';
import type { MessageOf } from '@quintet/bus';

export type MeshEvent = MessageOf<'event'>;

/** One save of the user and what the proxies made of it, as far as events told. Times are milliseconds since 1970. */
export type Change = {
  /** Galley's events about objects, the first one first; at least one. */
  readonly objects: readonly MeshEvent[];
  /** When each proxy last acknowledged something since then, by node id. */
  readonly acknowledged: ReadonlyMap<string, number>;
  /** What proxies refused since then. */
  readonly refused: readonly MeshEvent[];
};

/** The change that is under way after an event; undefined when there is none. */
export function trackChange(change: Change | undefined, event: MeshEvent): Change | undefined {
  switch (event.type) {
    case 'config.applied':
    case 'config.removed':
      // Others tell what they made of the configuration under the same names.
      if (event.service !== 'galley') return change;
      return {
        objects: [...(change?.objects ?? []), event],
        acknowledged: change?.acknowledged ?? new Map(),
        refused: change?.refused ?? [],
      };
    case 'push':
      if (change === undefined) return undefined;
      return {
        ...change,
        acknowledged: new Map([...change.acknowledged, [event.attributes.node ?? '', eventTime(event)]]),
      };
    case 'nack':
      return change === undefined ? undefined : { ...change, refused: [...change.refused, event] };
    default:
      return change;
  }
}

/** How long after `savedAt` the last proxy acknowledged; undefined when none had to change. */
export function acknowledgedAfter(change: Change, savedAt: number): number | undefined {
  return change.acknowledged.size === 0 ? undefined : Math.max(...change.acknowledged.values()) - savedAt;
}

/** When an event happened. */
export function eventTime(event: MeshEvent): number {
  return event.time === undefined ? 0 : timestampMs(event.time);
}

/** The file an event is about; empty when it is about none. */
export function eventFile(event: MeshEvent): string {
  return event.resource?.origin.replace(/:\d+$/, '') ?? '';
}
