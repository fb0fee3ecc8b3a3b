import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { createMcpSource, createSnapshots, type Snapshots } from '@quintet/mcp';
import {
  type ConfigObject,
  DESTINATION_RULE,
  KINDS,
  makeConfigObject,
  SYNTHETIC_SERVICE_ENTRY,
} from '@quintet/model';
import { ResourceSource } from '@quintet/proto/istio/mcp/v1alpha1/mcp_pb.js';
import { DestinationRuleSchema } from '@quintet/proto/istio/networking/v1alpha3/destination_rule_pb.js';
import {
  ServiceEntry_Location as Location,
  ServiceEntry_Resolution as Resolution,
  ServiceEntrySchema,
} from '@quintet/proto/istio/networking/v1alpha3/service_entry_pb.js';
import { createGrpcServer, createQueue, silentLog, systemClock } from '@quintet/runtime';
import { afterEach, describe, expect, it } from 'vitest';
import type { SourceBatch, SourceItem } from '../../store/source.ts';
import { COLLECTIONS, OPTIONAL_COLLECTIONS } from './collections.ts';
import { createMcpSourceOf } from './create-source.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const CONFIG = {
  mcpSourceAddress: undefined,
  mcpSourceIdentity: [],
  mcpSourceInsecure: true,
  mcpSourceMaxMessageSize: 1_000_000,
} as const;

function rule(name: string, host: string): ConfigObject {
  const spec = create(DestinationRuleSchema, { host });
  return makeConfigObject({ kind: DESTINATION_RULE, namespace: 'shop', name, spec });
}

/** A service of a platform as a galley writes it, which is more than people may write. */
function service(name: string, fields: MessageInitShape<typeof ServiceEntrySchema>): ConfigObject {
  const spec = create(ServiceEntrySchema, {
    hosts: [`${name}.shop.svc.cluster.local`],
    addresses: ['10.1.0.1'],
    ports: [{ number: 80, name: 'x', protocol: 'UnsupportedProtocol' }],
    location: Location.MESH_INTERNAL,
    resolution: Resolution.STATIC,
    endpoints: [{ address: '10.2.0.1', ports: { x: 0 } }],
    ...fields,
  });
  return makeConfigObject({ kind: SYNTHETIC_SERVICE_ENTRY, namespace: 'shop', name, spec });
}

async function serve(snapshots: Snapshots, incremental: boolean, port = 0) {
  const server = createGrpcServer({ name: 'mcp', address: `127.0.0.1:${port}`, log: silentLog });
  server.add(ResourceSource, createMcpSource({ snapshots, log: silentLog, clock: systemClock, incremental }));
  await server.start?.();
  const stop = () => server.stop?.(AbortSignal.abort());
  cleanups.push(stop);
  return { port: server.port(), stop };
}

function make(config: Partial<Parameters<typeof createMcpSourceOf>[0]['config']>) {
  const batches = createQueue<SourceBatch>();
  const source = createMcpSourceOf({
    config: { ...CONFIG, ...config },
    identity: undefined,
    onBatch: (batch) => batches.push(batch),
    ...{ quietMs: 10, maxMs: 1000, instance: 'one', alsoCheck: () => [] },
    ...{ clock: systemClock, log: silentLog, random: () => 0.5 },
  });
  return { source, batches };
}

async function follow(port: number) {
  const { source, batches } = make({ mcpSourceAddress: `127.0.0.1:${port}` });
  cleanups.push(() => source?.stop?.(AbortSignal.abort()));
  await source?.start?.();
  const reader = batches[Symbol.asyncIterator]();
  /** What the next batches say together, up to one that is complete: a first set may come in parts. */
  const next = async (): Promise<string> => {
    const put = new Map<string, string>();
    const removed: string[] = [];
    for (;;) {
      const { value }: IteratorResult<SourceBatch, undefined> = await reader.next();
      if (value === undefined) return 'ended';
      for (const item of value.put) put.set(item.key, `${item.key}${wrongness(item)}`);
      removed.push(...value.removed);
      if (value.synced && put.size + removed.length > 0)
        return `[${[...put.values()].sort().join()}] -[${removed.join()}]`;
    }
  };
  return { source, next };
}

/** The number of issues of an item that cannot be handed out. */
function wrongness(item: SourceItem): string {
  return item.kind === 'config' && item.object === undefined ? `!${item.issues.length}` : '';
}

describe.each([true, false])('another galley as source, changes only: %s', (incremental) => {
  it('hands on what it hands out, checked object by object, and goes on after its restart', async () => {
    const snapshots = createSnapshots(KINDS.map(({ collection }) => collection));
    snapshots.publish([rule('a', 'x'), rule('b', 'not a host'), rule('c', 'x')]);
    const upstream = await serve(snapshots, incremental);
    const { source, next } = await follow(upstream.port);
    expect(await next()).toMatch(
      /^\[DestinationRule\/shop\/a,DestinationRule\/shop\/b!\d+,DestinationRule\/shop\/c\] -\[\]$/,
    );
    expect(source?.health()).toEqual({ state: 'ok' });
    snapshots.update({ put: [], removed: [{ collection: DESTINATION_RULE.collection, name: 'shop/c' }] });
    expect(await next()).toContain('-[DestinationRule/shop/c]');
    await upstream.stop();
    const restarted = createSnapshots(KINDS.map(({ collection }) => collection));
    restarted.publish([rule('b', 'y')]);
    await serve(restarted, incremental, upstream.port);
    expect(await next()).toBe('[DestinationRule/shop/b] -[DestinationRule/shop/a]');
  });
});

it('services of another galley are taken as they are, also headless ones and those without endpoints', async () => {
  const snapshots = createSnapshots(KINDS.map(({ collection }) => collection));
  snapshots.publish([
    service('a', {}),
    service('b', { endpoints: [] }),
    service('c', { addresses: ['0.0.0.0'], resolution: Resolution.NONE }),
    service('d', { ports: [] }),
    service('e', {
      ports: [
        { number: 53, name: 'dns', protocol: 'UDP' },
        { number: 53, name: 'dns-tcp', protocol: 'TCP' },
      ],
    }),
    service('f', { hosts: [] }),
  ]);
  const { port } = await serve(snapshots, true);
  const { next } = await follow(port);
  const keys = ['a', 'b', 'c', 'd', 'e', 'f!1'].map((name) => `SyntheticServiceEntry/shop/${name}`);
  expect(await next()).toBe(`[${keys.join()}] -[]`);
});

it('a classic galley lacks some collections, and is complete without', async () => {
  const classic = COLLECTIONS.filter((collection) => !OPTIONAL_COLLECTIONS.includes(collection));
  const snapshots = createSnapshots(classic);
  snapshots.publish([rule('a', 'x')]);
  const { port } = await serve(snapshots, false);
  const { source, next } = await follow(port);
  expect(await next()).toBe('[DestinationRule/shop/a] -[]');
  expect(source?.health()).toEqual({ state: 'ok' });
});

describe('createMcpSourceOf', () => {
  it.each([
    [{ mcpSourceAddress: '10.0.0.1:9901' }, 'loopback addresses only'],
    [{ mcpSourceAddress: '127.0.0.1:9901', mcpSourceInsecure: false }, 'needs an identity'],
  ])('refuses %j', (config, message) => {
    expect(() => make(config)).toThrow(message);
  });

  it('makes none without an address', () => {
    expect(make({}).source).toBeUndefined();
  });
});
