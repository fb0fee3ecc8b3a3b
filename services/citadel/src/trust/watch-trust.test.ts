import { create } from '@bufbuild/protobuf';
import {
  type TrustBundle,
  TrustBundleSchema,
  type WatchRequest,
  WatchRequestSchema,
} from '@quintet/proto/quintet/trust/v1/trust_pb.js';
import { createQueue, silentLog } from '@quintet/runtime';
import { eventually } from '@quintet/testkit';
import { describe, expect, it } from 'vitest';
import { createTrustState } from './trust-state.ts';
import { watchTrust } from './watch-trust.ts';
import { createWatchers } from './watchers.ts';

const bundle = (hash: string): TrustBundle => create(TrustBundleSchema, { hash });

function setUp(first = 'one') {
  const state = createTrustState(bundle(first));
  const behind: number[] = [];
  const gauge = { set: () => undefined };
  const watchers = createWatchers(state, {
    trustWatchers: gauge,
    trustWatchersBehind: { set: (n) => behind.push(n) },
  });
  const requests = createQueue<WatchRequest>();
  const stop = new AbortController();
  const sent: string[] = [];
  const stream = watchTrust(requests, {
    state,
    watchers,
    log: silentLog,
    peer: 'p',
    signal: stop.signal,
  });
  const done = (async () => {
    for await (const { hash } of stream) sent.push(hash);
    return 'ended';
  })();
  const say = (request: { nodeId?: string; ackedHash?: string; errorDetail?: string }) =>
    requests.push(create(WatchRequestSchema, request));
  return { state, behind, watchers, requests, stop, sent, done, say };
}

describe('a watch', () => {
  it('sends nothing before it is opened, then the present bundle, then each newer one', async () => {
    const { state, sent, say, watchers } = setUp();
    state.publish(bundle('two'));
    say({ nodeId: 'n' });
    await eventually(() => sent.length === 1);
    say({ ackedHash: 'two' });
    await eventually(() => [...watchers.all][0]?.ackedHash === 'two');
    state.publish(bundle('three'));
    await eventually(() => sent.length === 2);
    expect(sent).toEqual(['two', 'three']);
  });

  it('sends nothing that the watcher has', async () => {
    const { state, sent, say, watchers } = setUp();
    say({ nodeId: 'n', ackedHash: 'one' });
    await eventually(() => [...watchers.all][0]?.nodeId === 'n');
    state.publish(bundle('two'));
    await eventually(() => sent.length === 1);
    expect(sent).toEqual(['two']);
  });

  it('waits for an answer, and passes over what was replaced meanwhile', async () => {
    const { state, sent, say, behind } = setUp();
    say({});
    await eventually(() => sent.length === 1);
    state.publish(bundle('two'));
    state.publish(bundle('three'));
    expect(behind.at(-1)).toBe(1);
    say({ ackedHash: 'one' });
    await eventually(() => sent.length === 2);
    expect(sent).toEqual(['one', 'three']);
    say({ ackedHash: 'three' });
    await eventually(() => behind.at(-1) === 0);
  });

  it('does not send a refused bundle again, but the next', async () => {
    const { state, sent, say, watchers } = setUp();
    say({});
    await eventually(() => sent.length === 1);
    say({ errorDetail: 'not signed' });
    await eventually(() => [...watchers.all][0]?.error === 'not signed');
    state.publish(bundle('two'));
    await eventually(() => sent.length === 2);
    expect(sent).toEqual(['one', 'two']);
  });

  it('ends with its watcher and with the server', async () => {
    const one = setUp();
    one.say({});
    one.requests.end();
    expect(await one.done).toBe('ended');
    expect(one.watchers.all.size).toBe(0);
    const two = setUp();
    two.stop.abort();
    expect(await two.done).toBe('ended');
  });
});
