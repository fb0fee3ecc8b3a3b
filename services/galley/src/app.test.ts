import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CollectionChange, createMcpSink } from '@quintet/mcp';
import { DESTINATION_RULE, isOfSchema, KINDS, MESH_CONFIG } from '@quintet/model';
import {
  type Component,
  createChannel,
  createQueue,
  reportHealth,
  silentLog,
  systemClock,
} from '@quintet/runtime';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createApp } from './app.ts';
import { environment } from './testing-environment.ts';

const RULES = DESTINATION_RULE.collection;
const cleanups: (() => unknown)[] = [];
let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'galley-'));
  cleanups.push(() => rm(directory, { recursive: true, force: true }));
  await mkdir(join(directory, 'config'));
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const write = (name: string, ...documents: string[]) =>
  writeFile(join(directory, 'config', name), documents.join('---\n'));
const rule = (name: string, host: string): string =>
  `apiVersion: networking.istio.io/v1alpha3\nkind: DestinationRule\nmetadata: {name: ${name}}\nspec: {host: ${host}}\n`;
const broken = (name: string): string => rule(name, 'x').replace('spec: {', 'spec: {hots: y, ');

async function stopAll(components: readonly Component[]): Promise<void> {
  for (const component of [...components].reverse()) await component.stop?.(AbortSignal.timeout(1000));
}

/** Starts galley on the test's directory, on a free port unless one is given. */
async function start(options: { readonly flags?: readonly string[]; readonly port?: number } = {}) {
  const { flags = [], port = 0 } = options;
  const address = `127.0.0.1:${port}`;
  const argv = [
    '--insecure',
    `--server-address=${address}`,
    `--configPath=${join(directory, 'config')}`,
    '--quiet-period=10ms',
  ];
  const app = await createApp(environment([...argv, ...flags]));
  let stopped = false;
  const stop = async (): Promise<void> => {
    if (!stopped) await stopAll(app.components);
    stopped = true;
  };
  cleanups.push(stop);
  for (const component of app.components) await component.start?.();
  const page = (path: string) =>
    app.debugPages?.find((each) => each.path === path)?.show({ query: {}, params: {} });
  return { app, stop, port: app.server.port(), page, ready: () => reportHealth(app.ready ?? []) };
}

/** Reads the changes of destination rules as a sink does: `[name=host,…] -[name,…]`. */
async function read(port: number, collections: readonly string[] = [RULES]) {
  const changes = createQueue<CollectionChange>();
  const channel = createChannel({ address: `127.0.0.1:${port}` });
  const sink = createMcpSink({
    channel,
    collections,
    node: { id: 'test' },
    onChange: (change) => changes.push(change),
    log: silentLog,
    clock: systemClock,
    random: () => 0.5,
    reconnect: { initialMs: 10, maxMs: 50 },
  });
  cleanups.push(channel.close, () => sink.stop?.(AbortSignal.abort()));
  await sink.start?.();
  const reader = changes[Symbol.asyncIterator]();
  const nextChange = async (): Promise<CollectionChange> => {
    const { value }: IteratorResult<CollectionChange, undefined> = await reader.next();
    if (value === undefined) throw new Error('no more changes');
    return value;
  };
  const next = async (): Promise<string> => {
    const { updated, removed } = await nextChange();
    const hosts = updated.map((object) => {
      return isOfSchema(object, DESTINATION_RULE.schema) ? `${object.name}=${object.spec.host}` : object.name;
    });
    return `[${hosts.join()}] -[${removed.join()}]`;
  };
  return { sink, next, nextChange };
}

describe('galley, as its client sees it', () => {
  it('hands out what the files say, and every change of it', async () => {
    await write('a.yaml', rule('one', 'x'), rule('two', 'x'));
    const { port } = await start();
    const { next } = await read(port);
    expect(await next()).toBe('[one=x,two=x] -[]');
    await write('a.yaml', rule('one', 'x'), rule('two', 'y'));
    expect(await next()).toBe('[two=y] -[]');
    await write('b.yaml', rule('three', 'x'));
    expect(await next()).toBe('[three=x] -[]');
    await rm(join(directory, 'config', 'a.yaml'));
    expect(await next()).toBe('[] -[default/one,default/two]');
  });

  it('answers for every collection', async () => {
    const { port } = await start();
    const { sink } = await read(
      port,
      KINDS.map((row) => row.collection),
    );
    await sink.synced;
    expect(sink.isSynced()).toBe(true);
  });

  it('sees new directories, renamed files and swapped directories', async () => {
    const { port } = await start();
    const { next } = await read(port);
    expect(await next()).toBe('[] -[]');
    await mkdir(join(directory, 'config', 'new'));
    await write('new/a.yaml', rule('one', 'x'));
    expect(await next()).toBe('[one=x] -[]');
    await writeFile(join(directory, 'config', 'new', '.a.swp'), rule('one', 'y'));
    await rename(join(directory, 'config', 'new', '.a.swp'), join(directory, 'config', 'new', 'a.yaml'));
    expect(await next()).toBe('[one=y] -[]');
    await mkdir(join(directory, 'next'));
    await writeFile(join(directory, 'next', 'a.yaml'), rule('one', 'z'));
    await rename(join(directory, 'config', 'new'), join(directory, 'old'));
    await rename(join(directory, 'next'), join(directory, 'config', 'new'));
    expect(await next()).toBe('[one=z] -[]');
    await writeFile(join(directory, 'config', 'new', 'a.yaml'), rule('one', 'w'));
    expect(await next()).toBe('[one=w] -[]');
  });

  it('follows a link to a directory wherever it leads', async () => {
    for (const number of [1, 2]) {
      await mkdir(join(directory, `v${number}`));
      await writeFile(join(directory, `v${number}`, 'a.yaml'), rule('one', `v${number}`));
    }
    const link = join(directory, 'config', 'current');
    await symlink('../v1', link);
    const { port } = await start();
    const { next } = await read(port);
    expect(await next()).toBe('[one=v1] -[]');
    await symlink('../v2', `${link}.new`);
    await rename(`${link}.new`, link);
    expect(await next()).toBe('[one=v2] -[]');
    await writeFile(join(directory, 'v2', 'a.yaml'), rule('one', 'v3'));
    expect(await next()).toBe('[one=v3] -[]');
  });

  it('reads a mounted ConfigMap, whose versions are swapped by a link', async () => {
    const version = (number: number) => join(directory, 'config', `..${number}`);
    const link = async (number: number): Promise<void> => {
      await mkdir(version(number));
      await writeFile(join(version(number), 'a.yaml'), rule('one', `v${number}`));
      await symlink(`..${number}`, join(directory, 'config', '..data_tmp'));
      await rename(join(directory, 'config', '..data_tmp'), join(directory, 'config', '..data'));
    };
    await link(1);
    await symlink('..data/a.yaml', join(directory, 'config', 'a.yaml'));
    const { port } = await start();
    const { next } = await read(port);
    expect(await next()).toBe('[one=v1] -[]');
    await link(2);
    expect(await next()).toBe('[one=v2] -[]');
  });

  it('holds a bad object back alone and says why', async () => {
    await write('a.yaml', rule('one', 'x'), rule('two', 'x'));
    const { port, page } = await start();
    const { next } = await read(port);
    expect(await next()).toBe('[one=x,two=x] -[]');
    await write('a.yaml', rule('one', 'y'), broken('two'), rule('three', 'x'));
    expect(await next()).toBe('[one=y,three=x] -[]');
    const file = join(directory, 'config', 'a.yaml');
    expect(page('/debug/configz')).toMatchObject({
      objects: expect.arrayContaining([
        expect.objectContaining({
          name: 'two',
          state: 'held',
          issues: [expect.objectContaining({ code: 'IST0106', path: 'spec.hots', file, line: 9 })],
        }),
      ]),
    });
  });

  it('says what does not fit in the whole configuration, while it does not', async () => {
    const finding = { code: 'IST0101', kind: 'VirtualService', name: 'page' };
    const service = (name: string): string =>
      `apiVersion: v1\nkind: Service\nmetadata: {name: ${name}}\nspec: {ports: [{name: http, port: 80}]}\n`;
    const route =
      'apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: page}\n' +
      'spec: {hosts: [page], http: [{route: [{destination: {host: reviews}}]}]}\n';
    await write('a.yaml', route, service('page'));
    const { page } = await start({ flags: ['--enableAnalysis', '--analysis-quiet-period=10ms'] });
    const findings = () => page('/debug/analysis');
    await expect.poll(findings).toMatchObject({ findings: [finding] });
    await write('b.yaml', service('reviews'));
    await expect.poll(findings).toMatchObject({ findings: [] });
  });

  it('hands out the mesh configuration, and keeps the last good one', async () => {
    const meshConfigFile = join(directory, 'mesh');
    await writeFile(meshConfigFile, 'disablePolicyChecks: false\n');
    const { port, page } = await start({ flags: [`--meshConfigFile=${meshConfigFile}`] });
    const { nextChange } = await read(port, [MESH_CONFIG.collection]);
    expect((await nextChange()).updated).toMatchObject([
      { name: 'meshconfig', spec: { disablePolicyChecks: false } },
    ]);
    await writeFile(meshConfigFile, 'disablePolicyCheck: true\n');
    await expect.poll(() => JSON.stringify(page('/debug/configz'))).toContain('"state":"held"');
    await writeFile(meshConfigFile, 'disablePolicyChecks: true\n');
    expect((await nextChange()).updated).toMatchObject([{ spec: { disablePolicyChecks: true } }]);
  });

  it('reads the mesh configuration as what it is, also where it lies among the objects', async () => {
    const meshConfigFile = join(directory, 'config', 'settings.yaml');
    await write('a.yaml', rule('one', 'x'));
    await writeFile(meshConfigFile, 'disablePolicyChecks: true\n');
    const { port, page } = await start({ flags: [`--meshConfigFile=${meshConfigFile}`] });
    const { nextChange } = await read(port, [MESH_CONFIG.collection]);
    expect((await nextChange()).updated).toMatchObject([{ spec: { disablePolicyChecks: true } }]);
    expect(JSON.stringify(page('/debug/configz'))).not.toContain('QTT1002');
  });

  it('is not ready and hands out nothing before its first complete set', async () => {
    const meshConfigFile = join(directory, 'mesh');
    await writeFile(meshConfigFile, 'disablePolicyCheck: true\n');
    await write('a.yaml', rule('one', 'x'));
    const { port, ready, page } = await start({ flags: [`--meshConfigFile=${meshConfigFile}`] });
    const { sink, next } = await read(port);
    await expect.poll(() => JSON.stringify(page('/debug/mcpz'))).toContain('127.0.0.1');
    expect(await ready()).toMatchObject({
      state: 'failed',
      checks: [{ detail: expect.stringContaining('mesh') }],
    });
    expect(sink.isSynced()).toBe(false);
    await writeFile(meshConfigFile, 'disablePolicyChecks: true\n');
    expect(await next()).toBe('[one=x] -[]');
    expect(await ready()).toMatchObject({ state: 'ok' });
  });

  it('keeps held objects over a restart, which looks neither like a change nor like a deletion', async () => {
    const flags = [`--state-dir=${join(directory, 'state')}`];
    await write('a.yaml', rule('one', 'x'), rule('two', 'x'));
    const first = await start({ flags });
    const { next } = await read(first.port);
    expect(await next()).toBe('[one=x,two=x] -[]');
    await write('a.yaml', rule('one', 'y'), broken('two'));
    expect(await next()).toBe('[one=y] -[]');
    await first.stop();
    const second = await start({ flags, port: first.port });
    expect(JSON.stringify(second.page('/debug/configz'))).toContain('"state":"held"');
    await write('b.yaml', rule('three', 'x'));
    const seen = [await next()];
    if (seen[0] === '[] -[]') seen.push(await next());
    expect(seen.at(-1)).toBe('[three=x] -[]');
  });

  it('loses nothing when files change in bursts', async () => {
    const { port } = await start();
    const { nextChange } = await read(port);
    await nextChange();
    for (let round = 0; round < 20; round++) {
      await Promise.all(
        [0, 1, 2, 3, 4].map((file) => write(`${file}.yaml`, rule(`rule-${file}`, `host-${round}`))),
      );
    }
    const hosts = new Map<string, string>();
    while ([0, 1, 2, 3, 4].some((file) => hosts.get(`rule-${file}`) !== 'host-19')) {
      const { updated, removed } = await nextChange();
      expect(removed).toEqual([]);
      for (const object of updated) {
        if (isOfSchema(object, DESTINATION_RULE.schema)) hosts.set(object.name, object.spec.host);
      }
    }
  });
});

describe('galley refuses to start', () => {
  it.each([
    [
      ['--insecure', '--configPath=x', '--server-address=tcp://0.0.0.0:9901'],
      '--insecure is for loopback addresses only',
    ],
    [['--insecure', '--server-address=127.0.0.1:0'], 'expected --configPath'],
    [['--configPath=x', '--server-address=127.0.0.1:0'], 'no identity'],
  ])('with %j', async (argv, message) => {
    await expect(createApp(environment(argv))).rejects.toThrow(message);
  });
});
