import { once } from 'node:events';
import { connect } from 'node:net';
import { eventually } from '@quintet/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type MixerUnderTest,
  shippedFile,
  startMixer,
} from '../../../services/mixer/src/testing/mixer-under-test.ts';
import { type Sidecar, startSidecar } from './mixer-edges/sidecar.ts';

const TELEMETRY = shippedFile('deploy/local/config/mixer-telemetry.yaml');
const DENY = shippedFile('deploy/samples/policy/deny.yaml').replace(
  /match: .*/,
  `match: request.url_path == "/secret" && request.headers["x-user"] == "bob" && destination.service.host == "ratings.default.svc.cluster.local"`,
);
const QUOTA = shippedFile('deploy/samples/policy/quota.yaml').replace('maxAmount: 20', 'maxAmount: 3');

describe('mixer behind a real Envoy', () => {
  let mixer: MixerUnderTest;
  let sidecar: Sidecar;
  const url = (path: string) => `http://127.0.0.1:${sidecar.httpPort}${path}`;
  const metric = async (start: string, ...labels: readonly string[]) => {
    const lines = (await mixer.meshMetrics()).split('\n').filter((line) => line.startsWith(`${start}{`));
    const fitting = lines.filter((line) => labels.every((label) => line.includes(label)));
    return fitting.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
  };
  beforeAll(async () => {
    mixer = await startMixer();
    await mixer.configure(TELEMETRY);
    sidecar = await startSidecar(mixer.app.server.port());
    await eventually(async () => (await fetch(url('/warm-up'))).status === 200, { timeoutMs: 20_000 });
  });
  afterAll(async () => {
    await sidecar.stop();
    await mixer.stop();
  });

  it('refuses with the code and message of the rule, and only what it matches', async () => {
    await mixer.configure(TELEMETRY, DENY);
    const denied = await fetch(url('/secret?x=y'), { headers: { 'x-user': 'bob' } });
    expect([denied.status, await denied.text()]).toEqual([
      403,
      'PERMISSION_DENIED:denyall.default:Not allowed',
    ]);
    expect((await fetch(url('/secret'), { headers: { 'x-user': 'ann' } })).status).toBe(200);
    await eventually(
      async () =>
        (await metric('istio_requests_total', 'response_code="403"', 'response_flags="UAEX"')) === 1,
    );
  });

  it('answers 429 after the amount of a quota', async () => {
    await mixer.configure(TELEMETRY, QUOTA);
    const codes = [];
    for (let request = 0; request < 5; request++) codes.push((await fetch(url('/'))).status);
    expect(codes).toEqual([200, 200, 200, 429, 429]);
  });

  it('counts every request with its size', async () => {
    await mixer.configure(TELEMETRY);
    const before = await metric('istio_requests_total', 'response_code="200"');
    for (let request = 0; request < 20; request++) {
      expect((await fetch(url('/counted'), { method: 'POST', body: 'x'.repeat(100) })).status).toBe(200);
    }
    const labels = ['reporter="destination"', 'destination_workload="ratings-v1"', 'response_code="200"'];
    await eventually(async () => (await metric('istio_requests_total', ...labels)) >= before + 20);
    expect(await metric('istio_request_bytes_sum')).toBe(2000);
  });

  it('counts the bytes of a connection once, however often it is reported', async () => {
    const socket = connect(sidecar.tcpPort, '127.0.0.1');
    socket.write('12345');
    await once(socket, 'data');
    await eventually(async () => (await metric('istio_tcp_received_bytes_total')) === 5);
    expect(await metric('istio_tcp_connections_opened_total')).toBe(1);
    expect(await metric('istio_tcp_connections_closed_total')).toBe(0);
    socket.end('678');
    await eventually(async () => (await metric('istio_tcp_connections_closed_total')) === 1);
    expect(await metric('istio_tcp_received_bytes_total')).toBe(8);
    expect(await metric('istio_tcp_sent_bytes_total')).toBe(8);
  });
});
