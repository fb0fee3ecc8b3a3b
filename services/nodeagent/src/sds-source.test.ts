import { create, fromBinary } from '@bufbuild/protobuf';
import { AnySchema, anyUnpack } from '@bufbuild/protobuf/wkt';
import { NodeSchema } from '@quintet/proto/envoy/config/core/v3/base_pb.js';
import { SecretSchema } from '@quintet/proto/envoy/extensions/transport_sockets/tls/v3/secret_pb.js';
import { createMetrics } from '@quintet/runtime';
import { createManualClock, createMemoryLog } from '@quintet/testkit';
import { type Attachment, SECRET_TYPE, type WireSet } from '@quintet/xds';
import { describe, expect, it } from 'vitest';
import { METRICS } from './metrics.ts';
import { createSdsSource } from './sds-source.ts';
import { createSecretStore } from './secrets/secret-store.ts';
import { createFakeCitadel, fakeToken } from './testing/fake-citadel.ts';
import type { RootStore } from './trust/root-store.ts';

const HOUR = 3_600_000;

function setUp(maxStreams = 10) {
  const clock = createManualClock();
  const citadel = createFakeCitadel({ clock, lifetimeMs: HOUR });
  const metrics = createMetrics().create(METRICS);
  const nothing = () => undefined;
  const events = {
    renewalFailing: nothing,
    certificateExpired: nothing,
    trustBundleRefused: nothing,
    rootsChanged: nothing,
  };
  const store = createSecretStore({
    ...{
      clock,
      metrics,
      events,
      source: citadel.source,
      random: () => 0,
      log: createMemoryLog(),
      maxTokens: 10,
    },
  });
  const listeners = new Set<() => void>();
  let pem = 'root one';
  const roots: RootStore = {
    name: 'roots',
    pem: () => pem,
    certificates: () => [],
    setBundle: nothing,
    subscribe: (changed) => {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
  };
  const source = createSdsSource({ store, roots, maxStreams, metrics });
  const attach = async (authorization?: string) =>
    await source.attach({
      node: create(NodeSchema, { id: 'n' }),
      spiffeId: undefined,
      address: 'unix:',
      header: (name) => (name === 'authorization' ? authorization : undefined),
    });
  const setRoots = (text: string) => {
    pem = text;
    for (const changed of listeners) changed();
  };
  return { clock, attach, setRoots, listeners };
}

function opened(answer: Awaited<ReturnType<ReturnType<typeof setUp>['attach']>>): Attachment {
  if ('refused' in answer) throw new Error(answer.refused.message);
  return answer;
}

function texts(set: WireSet | undefined): Record<string, string> {
  const found: Record<string, string> = {};
  for (const { name, bytes } of set?.get(SECRET_TYPE)?.resources.values() ?? []) {
    const secret = anyUnpack(fromBinary(AnySchema, bytes), SecretSchema);
    const text = (specifier: { value?: unknown } | undefined) =>
      Buffer.from(specifier?.value as Uint8Array).toString();
    if (secret?.type.case === 'tlsCertificate') {
      const { certificateChain, privateKey } = secret.type.value;
      found[name] = `${text(certificateChain?.specifier)}, ${text(privateKey?.specifier)}`;
    }
    if (secret?.type.case === 'validationContext') found[name] = text(secret.type.value.trustedCa?.specifier);
  }
  return found;
}

describe('the source of secrets', () => {
  it('gives key, chain and roots to a stream whose token was accepted', async () => {
    const { clock, attach } = setUp();
    const stream = opened(await attach(`Bearer ${fakeToken('reviews', clock.now() + HOUR)}`));
    await clock.advance(0);
    expect(texts(stream.current())).toEqual({ default: 'chain 1, key 1', ROOTCA: 'root one' });
  });

  it('encodes once for all streams of a workload, and anew when the roots change, which it tells', async () => {
    const { clock, attach, setRoots, listeners } = setUp();
    const token = `Bearer ${fakeToken('reviews', clock.now() + HOUR)}`;
    const [one, two] = [opened(await attach(token)), opened(await attach(token))];
    await clock.advance(0);
    expect(one.current()).toBe(two.current());
    let told = 0;
    const stop = one.subscribe(() => told++);
    setRoots('root two');
    expect([told, texts(one.current()).ROOTCA]).toEqual([1, 'root two']);
    stop();
    expect(listeners.size).toBe(0);
  });

  it('ends a stream with its token by throwing', async () => {
    const { clock, attach } = setUp();
    const stream = opened(await attach(`Bearer ${fakeToken('reviews', clock.now() + 1000)}`));
    let told = 0;
    stream.subscribe(() => told++);
    await clock.advance(0);
    told = 0;
    await clock.advance(1000);
    expect(told).toBe(1);
    expect(() => stream.current()).toThrow(expect.objectContaining({ code: 'unauthenticated' }));
  });

  it.each([undefined, '', 'Basic eDp5', 'Bearer', 'Bearer not-a-token'])(
    'refuses the header %j',
    async (header) => {
      expect(await setUp().attach(header)).toMatchObject({ refused: { code: 'unauthenticated' } });
    },
  );

  it('refuses more streams than it may have, and counts those that ended', async () => {
    const { clock, attach } = setUp(1);
    const token = `Bearer ${fakeToken('reviews', clock.now() + HOUR)}`;
    const first = opened(await attach(token));
    expect(await attach(token)).toMatchObject({ refused: { code: 'resource_exhausted' } });
    first.close?.();
    first.close?.();
    opened(await attach(token));
    expect(await attach(token)).toMatchObject({ refused: { code: 'resource_exhausted' } });
  });
});
