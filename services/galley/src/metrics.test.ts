import { metricLines } from '@quintet/runtime';
import { describe, expect, it } from 'vitest';
import { METRICS } from './metrics.ts';

describe('metrics', () => {
  it('keep their names and labels', () => {
    expect(metricLines(METRICS)).toEqual([
      'galley_runtime_processor_event_span_duration_milliseconds histogram',
      'galley_runtime_processor_events_processed_total counter',
      'galley_runtime_processor_snapshot_events_total histogram',
      'galley_runtime_processor_snapshot_lifetime_duration_milliseconds histogram',
      'galley_runtime_processor_snapshots_published_total counter',
      'galley_runtime_state_type_instances_total gauge collection',
      'galley_runtime_strategy_on_change_total counter',
      'galley_runtime_strategy_timer_max_time_reached_total counter',
      'galley_runtime_strategy_timer_quiesce_reached_total counter',
      'galley_runtime_strategy_timer_resets_total counter',
      'galley_source_kube_dynamic_converter_failure_total observableCounter apiVersion,group,kind,error',
      'galley_source_kube_dynamic_converter_success_total observableCounter apiVersion,group,kind',
      'galley_source_kube_event_error_total counter',
      'galley_source_kube_event_success_total counter',
      'galley_validation_cert_key_update_errors counter',
      'galley_validation_cert_key_updates counter',
      'galley_validation_config_delete_error counter reason',
      'galley_validation_config_load counter',
      'galley_validation_config_load_error counter',
      'galley_validation_config_update_error counter reason',
      'galley_validation_config_updates counter',
      'galley_validation_failed counter group,version,resource,reason',
      'galley_validation_http_error counter status',
      'galley_validation_passed counter group,version,resource',
      'istio_mcp_clients_total upDownCounter',
      'istio_mcp_message_sizes_bytes histogram collection',
      'istio_mcp_reconnections counter',
      'istio_mcp_recv_failures_total counter code',
      'istio_mcp_request_acks_total counter collection',
      'istio_mcp_request_nacks_total counter collection',
      'istio_mcp_send_failures_total counter code',
      'quintet_galley_analysis_duration_milliseconds histogram',
      'quintet_galley_analysis_findings gauge code,level',
      'quintet_galley_quarantined_objects gauge state',
      'quintet_galley_source_kube_lists_total counter cluster,kind,reason',
      'quintet_galley_source_kube_lost_total counter',
      'quintet_galley_source_kube_stalled_total counter',
      'quintet_galley_status_writes_total counter result',
      'quintet_galley_take_over_milliseconds histogram',
    ]);
  });
});
