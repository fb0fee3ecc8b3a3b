import { meshConfigWithDefaults } from '@quintet/model';
import { describe, expect, it } from 'vitest';
import { meshSettings } from './mesh-settings.ts';

type Written = Parameters<typeof meshConfigWithDefaults>[0];
const settings = (written: Written = {}) => meshSettings(meshConfigWithDefaults(written));

describe('the settings of a mesh', () => {
  it('have the classic defaults', () => {
    expect(settings()).toMatchObject({
      domain: 'cluster.local',
      rootNamespace: 'istio-system',
      trustDomain: 'cluster.local',
      connectTimeoutMs: 1000,
      detectionTimeoutMs: 100,
      dnsRefreshMs: 5000,
      outbound: 'allow-any',
      autoMutualTls: false,
      accessLog: { path: '/dev/stdout', json: false, format: '' },
      tracing: { randomSampling: 100 },
      mixer: { checksDisabled: true, failOpen: false },
      ports: { outbound: 15001, inbound: 15006, httpProxy: 0 },
    });
  });

  it.each<[string, Written, object]>([
    ['a closed mesh', { outboundTrafficPolicy: { mode: 0 } }, { outbound: 'registry-only' }],
    ['servers of mixer', { mixerCheckServer: 'a:1' }, { mixer: { checkServer: 'a:1' } }],
    [
      'keepalive',
      { tcpKeepalive: { probes: 3, time: { seconds: 5n } } },
      { keepalive: { probes: 3, timeMs: 5000 } },
    ],
    [
      'JSON logs',
      { accessLogEncoding: 1, accessLogFormat: '{}' },
      { accessLog: { json: true, format: '{}' } },
    ],
    ['another port', { proxyListenPort: 16001 }, { ports: { outbound: 16001 } }],
  ])('follow what is written: %s', (_, written, expected) =>
    expect(settings(written)).toMatchObject(expected),
  );

  it('have no log and no traces where they are switched off', () => {
    const off = settings({ accessLogFile: '', enableTracing: false });
    expect(off).not.toHaveProperty('accessLog');
    expect(off).not.toHaveProperty('tracing');
  });

  it('have equal keys for equal content alone', () => {
    expect(settings().key).toBe(settings({ rootNamespace: 'istio-system' }).key);
    expect(settings().key).not.toBe(settings({ rootNamespace: 'x' }).key);
  });
});
