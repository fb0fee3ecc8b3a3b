import { create } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { EventSchema } from '@quintet/proto/quintet/events/v1/events_pb.js';
import { describe, expect, it } from 'vitest';
import { changeLine } from './change-line.ts';
import { type Change, type MeshEvent, trackChange } from './change-tracker.ts';

const T = Date.UTC(2024, 0, 1);

function event(
  type: string,
  ms: number,
  more: { message?: string; node?: string; origin?: string } = {},
): MeshEvent {
  return create(EventSchema, {
    type,
    service: type.startsWith('config.') ? 'galley' : 'pilot',
    time: timestampFromMs(T + ms),
    message: more.message ?? '',
    attributes: more.node === undefined ? {} : { node: more.node },
    ...(more.origin === undefined
      ? {}
      : { resource: { kind: 'VirtualService', name: 'a', origin: more.origin } }),
  });
}

const applied = event('config.applied', 100, {
  message: 'VirtualService shop/a applied',
  origin: '/c/a.yaml:7',
});

function track(...events: readonly MeshEvent[]): Change | undefined {
  return events.reduce<Change | undefined>(trackChange, undefined);
}

function lineOf(...events: readonly MeshEvent[]): string {
  const change = track(...events);
  return change === undefined ? '' : changeLine(change, T);
}

describe('changes', () => {
  it.each([
    ['nothing of what mixer makes of it', [{ ...applied, service: 'mixer' }], ''],
    ['nothing before a change', [event('push', 1, { node: 'x' }), event('certificate.issued', 2)], ''],
    [
      'a change that concerns nobody',
      [applied],
      '✓ VirtualService shop/a applied (a.yaml): no proxy had to change',
    ],
    [
      'one proxy, however often it acknowledged',
      [applied, event('push', 200, { node: 'x' }), event('push', 300, { node: 'x' })],
      '✓ VirtualService shop/a applied (a.yaml): acknowledged by 1 proxy 0.30 s after the save',
    ],
    [
      'objects saved together and proxies by their last answer',
      [
        applied,
        event('config.removed', 110, { message: 'b removed' }),
        event('push', 450, { node: 'x' }),
        event('push', 400, { node: 'y' }),
      ],
      '✓ VirtualService shop/a applied and 1 more (a.yaml): acknowledged by 2 proxies 0.45 s after the save',
    ],
    [
      'a refusal before all else',
      [
        applied,
        event('push', 200, { node: 'x' }),
        event('nack', 210, { node: 'y', message: 'y refused RDS: bad' }),
      ],
      '✗ VirtualService shop/a applied (a.yaml): y refused RDS: bad',
    ],
  ])('tell %s', (_, events, line) => expect(lineOf(...events)).toBe(line));
});
