import { toBinary } from '@bufbuild/protobuf';
import { type Event, EventSchema, Severity } from '@quintet/proto/quintet/events/v1/events_pb.js';
import { systemClock } from '@quintet/runtime';
import { createManualClock, createMemoryLog } from '@quintet/runtime/testing';
import { describe, expect, it } from 'vitest';
import { createEventPublisher } from './event-publisher.ts';
import { createMemoryBus } from './memory/memory-bus.ts';

async function published(attributes: Record<string, string>): Promise<Event> {
  const memory = createMemoryBus();
  const connect = (principal: 'galley' | 'cli') =>
    memory.connect({ principal, clock: systemClock, log: createMemoryLog() });
  const events = createEventPublisher({
    bus: connect('galley'),
    service: 'galley',
    instance: 'galley-0',
    clock: createManualClock(1_700_000_000_123),
    newId: () => 'id-1',
  });
  const resource = { kind: 'VirtualService', namespace: 'default', name: 'reviews', origin: 'routes.yaml:3' };
  events.publish({ type: 'config.rejected', severity: 'error', message: 'weights', resource, attributes });
  for await (const event of connect('cli').replay('event', { follow: false })) return event;
  throw new Error('nothing published');
}

describe('an event', () => {
  it('says who, when, what and about which object', async () => {
    expect(await published({ code: 'IST0106' })).toMatchObject({
      id: 'id-1',
      time: { seconds: 1_700_000_000n, nanos: 123_000_000 },
      service: 'galley',
      instance: 'galley-0',
      type: 'config.rejected',
      severity: Severity.ERROR,
      resource: { kind: 'VirtualService', namespace: 'default', name: 'reviews', origin: 'routes.yaml:3' },
      message: 'weights',
      attributes: { code: 'IST0106' },
    });
  });

  it('is the same bytes whatever the order of its attributes', async () => {
    const bytes = async (attributes: Record<string, string>) =>
      toBinary(EventSchema, await published(attributes));
    expect(await bytes({ a: '1', b: '2' })).toEqual(await bytes({ b: '2', a: '1' }));
  });
});
