import { createServer } from 'node:http';
import type { JsonObject } from '@bufbuild/protobuf';
import { parseIp, type Value } from '@quintet/expr';
import { createManualClock } from '@quintet/runtime/testing';
import { describe, expect, it } from 'vitest';
import { testEnv } from '../../testing/handler-env.ts';
import type { HandlerEnv } from '../adapter.ts';
import { DEFAULT_DENIED_NETWORKS, denyList } from './deny-list.ts';
import { createFetchList } from './fetch-list.ts';
import { LIST } from './list.ts';
import { parseList } from './parse-list.ts';

const CONTEXT = { namespace: 'default', instances: [] };

function handlerOf(params: JsonObject, env: HandlerEnv = testEnv()) {
  const { build, problems } = LIST.configure(params, CONTEXT);
  if (build === undefined) throw new Error(JSON.stringify(problems));
  const handler = build(env);
  const ask = (value: Value) => {
    const result = handler.check?.({ template: 'listentry', name: 'entry', value });
    return result === undefined ? 'no answer' : `${result.code}:${result.message}`;
  };
  return { ask, handler };
}

describe('listchecker', () => {
  it.each<[JsonObject, Value, string]>([
    [{ overrides: ['v1'] }, 'v1', '0:'],
    [{ overrides: ['v1'] }, 'V1', '7:V1 is not whitelisted'],
    [{ overrides: ['v1'], blacklist: true }, 'v1', '7:v1 is blacklisted'],
    [{ overrides: ['v1'], blacklist: true }, 'v2', '0:'],
    [{ overrides: ['V1'], entryType: 'CASE_INSENSITIVE_STRINGS' }, 'v1', '0:'],
    [{ overrides: ['10.0.0.0/8', '::1'], entry_type: 'IP_ADDRESSES' }, '10.1.2.3', '0:'],
    [{ overrides: ['10.0.0.0/8'], entryType: 'IP_ADDRESSES' }, parseIp('::ffff:10.9.9.9') ?? '', '0:'],
    [
      { overrides: ['10.0.0.0/9'], entryType: 'IP_ADDRESSES' },
      '10.200.0.1',
      '7:10.200.0.1 is not whitelisted',
    ],
    [{ overrides: ['::1'], entryType: 'IP_ADDRESSES' }, 'x', '3:x is not a valid IP address'],
    [{ overrides: ['^a+$'], entryType: 'REGEX' }, 'aaa', '0:'],
    [{ overrides: ['^a+$'], entryType: 'REGEX' }, 'b', '7:b is not whitelisted'],
  ])('%j judges %s', (params, value, verdict) => {
    expect(handlerOf(params).ask(value)).toBe(verdict);
  });

  it.each<[JsonObject, string]>([
    [{ overrides: ['10.0.0.0/99'], entryType: 'IP_ADDRESSES' }, 'params.overrides[0]'],
    [{ overrides: ['('], entryType: 'REGEX' }, 'params.overrides[0]'],
    [{ providerUrl: 'ftp://x' }, 'params.providerUrl'],
    [{ providerUrl: 'http://x', ttl: '1s' }, 'params.ttl'],
    [{ entryType: 'NUMBERS' }, 'params.entryType'],
  ])('refuses %j', (params, path) => {
    expect(LIST.configure(params, CONTEXT).problems.map((problem) => problem.path)).toEqual([path]);
  });

  it('fetches its list again and again, keeps the last good one, and forgets it after the ttl', async () => {
    const clock = createManualClock();
    let answer: () => Promise<string> = async () => 'v1\n';
    const env = testEnv({ clock, fetchList: () => answer() });
    const { ask, handler } = handlerOf({ providerUrl: 'http://lists/a', overrides: ['x'] }, env);
    expect(ask('v1')).toBe('3:list from http://lists/a is not yet available');
    await clock.advance(0);
    expect([ask('v1'), ask('x'), ask('v2')]).toEqual(['0:', '0:', '7:v2 is not whitelisted']);
    answer = async () => 'whitelist: [v2]';
    await clock.advance(60_000);
    expect([ask('v1'), ask('v2')]).toEqual(['7:v1 is not whitelisted', '0:']);
    answer = () => Promise.reject(new Error('down'));
    await clock.advance(240_000);
    expect(ask('v2')).toBe('0:');
    await clock.advance(120_000);
    expect(ask('v2')).toBe('3:list from http://lists/a is out of date');
    handler.close?.();
  });
});

describe('parseList', () => {
  it.each([
    ['a\n b # why\n\n#c\n', ['a', 'b']],
    ['- a\n- 1\n', ['a', '1']],
    ['whitelist: [a, b]', ['a', 'b']],
    ['["a"]', ['a']],
  ])('%j', (text, entries) => {
    expect(parseList(text)).toEqual(entries);
  });
});

describe('remote lists', () => {
  const denied = denyList(DEFAULT_DENIED_NETWORKS);

  it.each([
    ['127.0.0.1', true],
    ['::1', true],
    ['::ffff:127.0.0.1', true],
    ['169.254.169.254', true],
    ['fe80::1', true],
    ['10.0.0.1', false],
    ['2001:db8::1', false],
  ])('%s is on the deny list: %s', (address, expected) => {
    expect(denied(address)).toBe(expected);
  });

  it('does not connect to a denied address, and reads from others', async () => {
    const server = createServer((request, response) => {
      if (request.url === '/moved') response.writeHead(302, { location: '/list' }).end();
      else response.end('v1');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/list`;
    const signal = new AbortController().signal;
    await expect(createFetchList({ deny: DEFAULT_DENIED_NETWORKS })(url, signal)).rejects.toThrow(
      /deny list/,
    );
    await expect(createFetchList({ deny: [] })(url, signal)).resolves.toBe('v1');
    await expect(createFetchList({ deny: [] })(url.replace('/list', '/moved'), signal)).rejects.toThrow(
      /302/,
    );
    server.close();
  });
});
