import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { create, fromBinary } from '@bufbuild/protobuf';
import {
  type RequestResources,
  RequestResourcesSchema,
  ResourceSink,
  ResourceSource,
  type Resources,
} from '@quintet/proto/istio/mcp/v1alpha1/mcp_pb.js';
import { DestinationRuleSchema } from '@quintet/proto/istio/networking/v1alpha3/destination_rule_pb.js';
import { createChannel, createClient, createGrpcServer, createQueue, silentLog } from '@quintet/runtime';
import { freePort, makeTempDir } from '@quintet/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { startClassicGalley } from './classic-galley.ts';
import { serve } from './run-quintet.ts';

const RULES = 'istio/networking/v1alpha3/destinationrules';
const FILTERS = 'istio/networking/v1alpha3/envoyfilters';

const rule = (name: string, host: string): string => `apiVersion: networking.istio.io/v1alpha3
kind: DestinationRule
metadata: {name: ${name}, namespace: shop}
spec: {host: ${host}}
---
`;

const filter = (name: string, value: string): string => `apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: ${name}, namespace: shop}
spec:
  configPatches:
    - applyTo: HTTP_FILTER
      match: {context: GATEWAY}
      patch: {operation: INSERT_BEFORE, value: ${value}}
---
`;
const LUA = 'envoy.extensions.filters.http.lua.v3.Lua';
const TYPED =
  `{name: envoy.filters.http.lua, typed_config: {'@type': type.googleapis.com/${LUA},` +
  ` defaultSourceCode: {inlineString: 'x'}}}`;
const OF_V2 =
  "{name: envoy.lua, typed_config: {'@type': type.googleapis.com/envoy.config.filter.http.lua.v2.Lua, inline_code: 'x'}}";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** Our galley over files. */
async function startGalley(yaml: string, flags: readonly string[] = []) {
  const temp = await makeTempDir();
  const port = await freePort();
  const write = (text: string) => writeFile(join(temp.path, 'all.yaml'), text);
  await write(yaml);
  const galley = await serve('galley', [
    ...['--configPath', temp.path, '--insecure', '--server-address', `127.0.0.1:${port}`, ...flags],
  ]);
  cleanups.push(temp.remove, galley.stop);
  return { port, write, galley };
}

const hostsOf = ({ resources }: Resources) =>
  resources
    .map(({ metadata, body }) => {
      const { host } = fromBinary(DestinationRuleSchema, body?.value ?? new Uint8Array());
      return `${metadata?.name}=${host}`;
    })
    .sort();

/** What a source hands out of a collection to a sink of full sets. */
function readAll(port: number, collection: string) {
  const channel = createChannel({ address: `127.0.0.1:${port}` });
  const requests = createQueue<RequestResources>();
  cleanups.push(channel.close, requests.end);
  const sinkNode = { id: 'reader' };
  const ask = (responseNonce: string) =>
    requests.push(create(RequestResourcesSchema, { sinkNode, collection, responseNonce }));
  const responses = createClient(ResourceSource, channel)
    .establishResourceStream(requests)
    [Symbol.asyncIterator]();
  ask('');
  return async () => {
    const { value }: IteratorResult<Resources, undefined> = await responses.next();
    if (value === undefined) throw new Error('the stream has ended');
    ask(value.nonce);
    return value;
  };
}

function readRules(port: number) {
  const next = readAll(port, RULES);
  return async () => hostsOf(await next());
}

/** The bodies of all EnvoyFilters that a source hands out, by name. */
async function filtersOf(port: number) {
  const { resources } = await readAll(port, FILTERS)();
  return new Map(resources.map(({ metadata, body }) => [metadata?.name, body]));
}

/** Sources that our galley reads from; `write` replaces everything they hand out. */
const UPSTREAMS = {
  'our galley': (yaml: string) => startGalley(yaml),
  'a classic galley': async (yaml: string) => {
    const { port, publish, stop } = await startClassicGalley(yaml);
    cleanups.push(stop);
    return { port, write: async (text: string) => publish(text) };
  },
};

/** Our galley over another one. */
async function startBehind(upstream: { readonly port: number }) {
  const port = await freePort();
  const galley = await serve('galley', [
    ...['--mcp-source-address', `127.0.0.1:${upstream.port}`, '--mcp-source-insecure'],
    ...['--insecure', '--server-address', `127.0.0.1:${port}`],
  ]);
  cleanups.push(galley.stop);
  await galley.ready();
  return { port, galley };
}

describe.each(Object.entries(UPSTREAMS))('our galley that reads from %s', (_, start) => {
  it('hands on what that hands out, and every change of it', async () => {
    const upstream = await start(rule('a', 'reviews'));
    const { port } = await startBehind(upstream);
    const next = readRules(port);
    expect(await next()).toEqual(['shop/a=reviews']);
    await upstream.write(rule('a', 'ratings') + rule('b', 'details'));
    expect(await next()).toEqual(['shop/a=ratings', 'shop/b=details']);
    await upstream.write(rule('b', 'details'));
    expect(await next()).toEqual(['shop/b=details']);
  });

  it('hands on EnvoyFilters unchanged, and tells of a type of v2', async () => {
    const upstream = await start(filter('typed', TYPED) + filter('old', OF_V2));
    const { port, galley } = await startBehind(upstream);
    const filters = await filtersOf(port);
    expect([...filters.keys()].sort()).toEqual(['shop/old', 'shop/typed']);
    expect(filters).toEqual(await filtersOf(upstream.port));
    const told = galley
      .log()
      .split('\n')
      .filter((line) => line.includes(LUA));
    expect(told).toHaveLength(1);
    expect(told[0]).toContain('configuration applied with warnings');
    expect(told[0]).toContain('EnvoyFilter shop/old');
    expect(told[0]).toContain(LUA);
  });
});

/**
 * A sink that is connected to, as the classic ones are on the wire: it says nothing before it heard something, answers
 * the opening message with a refusal, and takes full sets.
 */
async function startClassicSink() {
  const port = await freePort();
  const heard = createQueue<string>();
  const server = createGrpcServer({ name: 'sink', address: `127.0.0.1:${port}`, log: silentLog });
  server.add(ResourceSink, {
    async *establishResourceStream(responses, { metadata }) {
      heard.push(`stream from ${metadata.get('origin').join()}`);
      let asked = false;
      for await (const { collection, nonce, ...response } of responses) {
        const sinkNode = { id: 'classic' };
        const unknown = collection !== RULES;
        if (!unknown) heard.push(hostsOf({ collection, nonce, ...response }).join());
        const refusal = { code: 12, message: `unsupported collection ${collection}` };
        yield { sinkNode, collection, responseNonce: nonce, ...(unknown && { errorDetail: refusal }) };
        if (unknown) heard.push(`refused ${collection}`);
        if (!asked) yield { sinkNode, collection: RULES };
        asked = true;
      }
    },
  });
  const reader = heard[Symbol.asyncIterator]();
  return {
    address: `127.0.0.1:${port}`,
    next: async () => (await reader.next()).value,
    start: () => server.start?.(),
    stop: () => server.stop?.(AbortSignal.abort()),
  };
}

describe('our galley that connects to a sink', () => {
  it('makes itself heard and hands out to it, whoever of both comes first', async () => {
    const sink = await startClassicSink();
    const flags = ['--sinkAddress', sink.address, '--sinkAuthMode', 'NONE', '--sinkMeta', 'origin=one'];
    const { write, galley } = await startGalley(rule('a', 'reviews'), flags);
    await galley.ready();
    await sink.start();
    cleanups.push(sink.stop);
    expect(await sink.next()).toBe('stream from one');
    expect(await sink.next()).toBe('refused $triggerCollection');
    expect(await sink.next()).toBe('shop/a=reviews');
    await write(rule('a', 'ratings'));
    expect(await sink.next()).toBe('shop/a=ratings');
  });
});
