import { createSnapshots } from '@quintet/mcp';
import { silentLog, systemClock } from '@quintet/runtime';
import { describe, expect, it } from 'vitest';
import { createDialOut, parseSinkMeta } from './dial-out.ts';

const CONFIG = {
  enableIncremental: true,
  mcpRate: 1,
  mcpBurst: 100,
  mcpAnswerTimeout: 60_000,
  sinkAddress: '127.0.0.1:1',
  sinkAuthMode: 'NONE',
  sinkIdentity: [],
  sinkMeta: [],
  snapshotInterval: 0,
} as const;
const make = (config: Partial<Parameters<typeof createDialOut>[0]['config']>) =>
  createDialOut({
    config: { ...CONFIG, ...config },
    snapshots: createSnapshots([]),
    identity: undefined,
    observer: {},
    log: silentLog,
    clock: systemClock,
    random: () => 0.5,
  });

describe('createDialOut', () => {
  it('connects to a sink on this machine in plaintext, and to nobody without an address', () => {
    expect(make({})?.name).toBe('mcp-dial-out');
    expect(make({ sinkAddress: undefined })).toBeUndefined();
  });

  it.each([
    [{ sinkAuthMode: 'GOOGLE' }, '--sinkAuthMode=GOOGLE is not supported: use MTLS'],
    [{ sinkAddress: '10.0.0.1:9901' }, 'loopback addresses only, found --sinkAddress 10.0.0.1:9901'],
    [{ sinkAuthMode: 'MTLS' }, 'needs an identity'],
    [{ sinkMeta: ['a'] }, '--sinkMeta "a": expected KEY=VALUE'],
  ] as const)('refuses %j', (config, message) => {
    expect(() => make(config)).toThrow(message);
  });
});

describe('parseSinkMeta', () => {
  it('reads keys and values', () => {
    expect(parseSinkMeta(['a=b', 'cluster=one=two', 'empty='])).toEqual({
      a: 'b',
      cluster: 'one=two',
      empty: '',
    });
  });

  it.each(['=b', 'a b=c', 'x-bin=AA', 'grpc-timeout=1S', 'a=\u00e9', 'a=b\n'])('refuses %j', (entry) => {
    expect(() => parseSinkMeta([entry])).toThrow('--sinkMeta');
  });
});
