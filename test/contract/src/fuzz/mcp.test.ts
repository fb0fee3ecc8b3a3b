import { connect } from 'node:http2';
import { create } from '@bufbuild/protobuf';
import { createMcpSink, createMcpSource, createSnapshots } from '@quintet/mcp';
import { type ConfigObject, DESTINATION_RULE, GATEWAY, makeConfigObject } from '@quintet/model';
import { ResourceSource } from '@quintet/proto/istio/mcp/v1alpha1/mcp_pb.js';
import { DestinationRuleSchema } from '@quintet/proto/istio/networking/v1alpha3/destination_rule_pb.js';
import { createChannel, createGrpcServer, silentLog, systemClock } from '@quintet/runtime';
import { eventually } from '@quintet/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { runFuzz } from './bounds.ts';
import { randomRequest } from './mcp-requests.ts';
import { inherited } from './prototypes.ts';
import { seededRandom } from './random.ts';
import { type RawEnd, sendRaw } from './raw-stream.ts';

const SEED = 43;
const STREAMS = 4000;
const REQUESTS = 25;
const OBJECTS = 40;
const MEBIBYTE = 1024 ** 2;
/** Of processor time for the requests of one stream and the answers to them, at both ends. */
const LONGEST_MS = 500;
const RULES = DESTINATION_RULE.collection;
const COLLECTIONS = [RULES, GATEWAY.collection];
const NO_LIMITS = { perSecond: 1e9, burst: 1e9 };

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const rule = (index: number, host: string): ConfigObject =>
  makeConfigObject({
    kind: DESTINATION_RULE,
    ...{ namespace: 'shop', name: `r${index}` },
    spec: create(DestinationRuleSchema, { host }),
  });

/** A source on a port, and a sink of it that behaves. */
async function startPair() {
  const snapshots = createSnapshots(COLLECTIONS);
  snapshots.publish(Array.from({ length: OBJECTS }, (_, index) => rule(index, 'first')));
  const server = createGrpcServer({ name: 'mcp', address: '127.0.0.1:0', log: silentLog });
  const limits = { limits: NO_LIMITS, log: silentLog, clock: systemClock };
  server.add(ResourceSource, createMcpSource({ snapshots, ...limits }));
  await server.start?.();
  cleanups.push(() => server.stop?.(AbortSignal.abort()));
  const channel = createChannel({ address: `127.0.0.1:${server.port()}` });
  const versions = new Map<string, string>();
  const sink = createMcpSink({
    ...{ channel, collections: COLLECTIONS, node: { id: 'well' }, random: () => 0.5 },
    ...{ log: silentLog, clock: systemClock },
    onChange: ({ updated }) => {
      for (const { name, version } of updated) versions.set(name, version);
    },
  });
  cleanups.push(channel.close, () => sink.stop?.(AbortSignal.abort()));
  await sink.start?.();
  await sink.synced;
  return { snapshots, versions, port: server.port() };
}

/** A stream may end well, or because of what was sent: an unknown collection, bytes that are no request. */
function outcomeOf({ status, message, bytes }: RawEnd): string {
  if (bytes > 4 * MEBIBYTE) throw new Error(`${bytes} bytes were answered to ${REQUESTS} requests`);
  if (status === '0') return 'answered';
  if (status === '3' && message.startsWith('unknown collection')) return 'unknown collection';
  if (status === '13' && message.includes('deserializing')) return 'not a request';
  throw new Error(`status ${status}: ${message}`);
}

describe(`a source of configuration, ${STREAMS * REQUESTS} requests (seed ${SEED})`, () => {
  it('survives them, and goes on serving others', { timeout: 300_000 }, async () => {
    const { snapshots, versions, port } = await startPair();
    const session = connect(`http://127.0.0.1:${port}`);
    cleanups.push(() => session.destroy());
    const random = seededRandom(SEED);
    const before = inherited();
    const take = async (index: number) => {
      const changed = rule(index % OBJECTS, `host-${index}`);
      snapshots.update({ put: [changed], removed: [] });
      const requests = Array.from({ length: REQUESTS }, () => randomRequest(COLLECTIONS, random));
      const outcome = outcomeOf(await sendRaw(session, requests));
      await eventually(() => versions.get(changed.name) === changed.version, { everyMs: 1 });
      return outcome;
    };
    const run = await runFuzz({ inputs: STREAMS, take });
    expect([...run.outcomes.keys()].sort()).toEqual(['answered', 'not a request', 'unknown collection']);
    expect(run.slowest.ms, `stream ${run.slowest.index}`).toBeLessThan(LONGEST_MS);
    expect(run.heapGrowth).toBeLessThan(24 * MEBIBYTE);
    expect(inherited()).toEqual(before);
    expect({}).not.toHaveProperty('polluted');
  });
});
