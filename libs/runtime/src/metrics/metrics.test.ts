import { describe, expect, it } from 'vitest';
import { defineMetrics, metricLines } from './define-metrics.ts';
import { GRPC_SERVER_METRICS, grpcCallRecorder } from './grpc-metrics.ts';
import { createMetrics } from './metrics.ts';
import { RUNTIME_METRICS } from './runtime-metrics.ts';

const DEMO = defineMetrics({
  csrs: { name: 'citadel_server_csr_count', kind: 'counter', help: 'CSRs.' },
  pushes: { name: 'pilot_xds_pushes', kind: 'counter', help: 'Pushes.\nAll "types".', labels: ['type'] },
  streams: { name: 'pilot_xds', kind: 'gauge', help: 'Streams.' },
  open: { name: 'open', kind: 'upDownCounter', help: 'Open.' },
  seconds: { name: 'seconds', kind: 'histogram', help: 'Seconds.', labels: ['op'], buckets: [0.1, 1] },
  age: { name: 'age', kind: 'observableGauge', help: 'Age.', labels: ['of'] },
  never: { name: 'never', kind: 'counter', help: 'Never.', labels: ['x'] },
});

describe('metrics', () => {
  it('are written exactly as declared', async () => {
    const metrics = createMetrics();
    const made = metrics.create(DEMO);
    made.pushes.add(2, { type: 'cds' });
    made.pushes.add(1, { type: 'a"b\\c\nd' });
    made.streams.set(3);
    made.streams.set(2);
    made.open.add(2);
    made.open.add(-1);
    for (const value of [0.05, 0.1, 0.5, 7]) made.seconds.record(value, { op: 'push' });
    made.age.observe((report) => report(Number.POSITIVE_INFINITY, { of: 'root' }));
    expect(await metrics.text()).toBe(
      `# HELP age Age.
# TYPE age gauge
age{of="root"} +Inf
# HELP citadel_server_csr_count CSRs.
# TYPE citadel_server_csr_count counter
citadel_server_csr_count 0
# HELP never Never.
# TYPE never counter
# HELP open Open.
# TYPE open gauge
open 1
# HELP pilot_xds Streams.
# TYPE pilot_xds gauge
pilot_xds 2
# HELP pilot_xds_pushes Pushes.\\nAll "types".
# TYPE pilot_xds_pushes counter
pilot_xds_pushes{type="a\\"b\\\\c\\nd"} 1
pilot_xds_pushes{type="cds"} 2
# HELP seconds Seconds.
# TYPE seconds histogram
seconds_bucket{op="push",le="0.1"} 2
seconds_bucket{op="push",le="1"} 3
seconds_bucket{op="push",le="+Inf"} 4
seconds_sum{op="push"} 7.65
seconds_count{op="push"} 4
`,
    );
  });

  it('show of a present gauge what is reported now, and nothing of before', async () => {
    const metrics = createMetrics();
    const { objects } = metrics.create(
      defineMetrics({
        objects: { name: 'objects', kind: 'presentGauge', help: 'Objects.', labels: ['name'] },
      }),
    );
    let names = ['b', 'a'];
    objects.observe((report) => {
      for (const name of names) report(1, { name });
    });
    const head = '# HELP objects Objects.\n# TYPE objects gauge\n';
    expect(await metrics.text()).toBe(`${head}objects{name="a"} 1\nobjects{name="b"} 1\n`);
    names = ['c'];
    expect(await metrics.text()).toBe(`${head}objects{name="c"} 1\n`);
    names = Array.from({ length: 3000 }, (_, index) => String(index));
    expect((await metrics.text()).split('\n')).toHaveLength(3003);
  });

  it('of a name cannot be made twice, nor declared with a name that Prometheus refuses', () => {
    const metrics = createMetrics();
    metrics.create(DEMO);
    expect(() => metrics.create({ again: DEMO.csrs })).toThrow(/made twice/);
    const declare = (name: string, label = 'a') =>
      defineMetrics({ x: { name, kind: 'counter', help: '', labels: [label] } });
    expect(() => declare('a-b')).toThrow(/a-b/);
    expect(() => declare('ab', 'le-ss')).toThrow(/le-ss/);
    expect(() => defineMetrics({ a: DEMO.csrs, b: DEMO.csrs })).toThrow(/declared twice/);
  });

  it('of every service are these', () => {
    expect([...metricLines(RUNTIME_METRICS), ...metricLines(GRPC_SERVER_METRICS)]).toMatchInlineSnapshot(`
      [
        "istio_build gauge component,tag",
        "process_cpu_seconds_total observableCounter",
        "process_resident_memory_bytes observableGauge",
        "process_start_time_seconds observableGauge",
        "quintet_bugs_total counter",
        "quintet_event_loop_utilization observableGauge",
        "grpc_server_handled_total counter grpc_service,grpc_method,grpc_code",
        "grpc_server_handling_seconds histogram grpc_service,grpc_method",
      ]
    `);
  });

  it('of gRPC servers have the classic labels', async () => {
    const metrics = createMetrics();
    const record = grpcCallRecorder(metrics);
    record({ method: '/istio.mixer.v1.Mixer/Check', code: 0, seconds: 0.001 });
    record({ method: '/istio.mixer.v1.Mixer/Check', code: 4, seconds: 11 });
    const text = await metrics.text();
    const labels = 'grpc_service="istio.mixer.v1.Mixer",grpc_method="Check"';
    expect(text).toContain(`grpc_server_handled_total{${labels},grpc_code="OK"} 1`);
    expect(text).toContain(`grpc_server_handled_total{${labels},grpc_code="DeadlineExceeded"} 1`);
    expect(text).toContain(`grpc_server_handling_seconds_bucket{${labels},le="10"} 1`);
  });
});
