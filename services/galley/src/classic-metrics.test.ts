import { makeTempDir } from '@quintet/testkit';
import { expect, it } from 'vitest';
import { startGalley } from './testing/start-galley.ts';

/** What dashboards of the classic component ask for. */
const CLASSIC: readonly (readonly [name: string, type: 'counter' | 'gauge' | 'histogram'])[] = [
  ['istio_mcp_clients_total', 'gauge'],
  ['istio_mcp_message_sizes_bytes', 'histogram'],
  ['istio_mcp_request_acks_total', 'counter'],
  ['istio_mcp_request_nacks_total', 'counter'],
  ['istio_mcp_send_failures_total', 'counter'],
  ['istio_mcp_recv_failures_total', 'counter'],
  ['istio_mcp_reconnections', 'counter'],
  ['galley_validation_passed', 'counter'],
  ['galley_validation_failed', 'counter'],
  ['galley_validation_http_error', 'counter'],
  ['galley_validation_cert_key_updates', 'counter'],
  ['galley_validation_cert_key_update_errors', 'counter'],
  ['galley_validation_config_load', 'counter'],
  ['galley_validation_config_load_error', 'counter'],
  ['galley_validation_config_updates', 'counter'],
  ['galley_validation_config_update_error', 'counter'],
  ['galley_validation_config_delete_error', 'counter'],
  ['galley_runtime_strategy_on_change_total', 'counter'],
  ['galley_runtime_strategy_timer_max_time_reached_total', 'counter'],
  ['galley_runtime_strategy_timer_quiesce_reached_total', 'counter'],
  ['galley_runtime_strategy_timer_resets_total', 'counter'],
  ['galley_runtime_processor_event_span_duration_milliseconds', 'histogram'],
  ['galley_runtime_processor_events_processed_total', 'counter'],
  ['galley_runtime_processor_snapshots_published_total', 'counter'],
  ['galley_runtime_processor_snapshot_events_total', 'histogram'],
  ['galley_runtime_processor_snapshot_lifetime_duration_milliseconds', 'histogram'],
  ['galley_runtime_state_type_instances_total', 'gauge'],
  ['galley_source_kube_event_success_total', 'counter'],
  ['galley_source_kube_event_error_total', 'counter'],
  ['galley_source_kube_dynamic_converter_success_total', 'counter'],
  ['galley_source_kube_dynamic_converter_failure_total', 'counter'],
  ['galley_istio_networking_virtualservices', 'gauge'],
  ['galley_istio_authentication_meshpolicies', 'gauge'],
  ['galley_istio_policy_rules', 'gauge'],
];

it('shows every metric of the classic galley, with its type', async () => {
  const directory = await makeTempDir('classic-metrics');
  const galley = await startGalley([
    ...['--insecure', '--server-address=tcp://127.0.0.1:0', `--configPath=${directory.path}`],
  ]);
  try {
    const lines = (await galley.metrics.text()).split('\n');
    const shown = lines.flatMap((line) => (line.startsWith('# TYPE ') ? [line.slice('# TYPE '.length)] : []));
    expect(shown).toEqual(expect.arrayContaining(CLASSIC.map(([name, type]) => `${name} ${type}`)));
    expect(lines).toContain(
      'galley_istio_mesh_MeshConfig{name="meshconfig",namespace="istio-system",version="v1alpha1"} 1',
    );
    expect(lines).toContain(
      'galley_runtime_state_type_instances_total{collection="istio/mesh/v1alpha1/MeshConfig"} 1',
    );
  } finally {
    await galley.stop();
    await directory.remove();
  }
});
