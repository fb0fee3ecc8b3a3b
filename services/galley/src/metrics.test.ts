import { metricLines } from '@quintet/runtime';
import { describe, expect, it } from 'vitest';
import { METRICS } from './metrics.ts';

describe('metrics', () => {
  it('keep their names and labels', () => {
    expect(metricLines(METRICS)).toEqual([
      'galley_runtime_processor_events_processed_total counter',
      'galley_runtime_processor_snapshots_published_total counter',
      'galley_runtime_state_type_instances_total gauge collection',
      'galley_runtime_strategy_on_change_total counter',
      'galley_runtime_strategy_timer_max_time_reached_total counter',
      'galley_runtime_strategy_timer_quiesce_reached_total counter',
      'galley_runtime_strategy_timer_resets_total counter',
      'galley_validation_failed counter group,version,resource,reason',
      'galley_validation_passed counter group,version,resource',
      'istio_mcp_clients_total upDownCounter',
      'istio_mcp_message_sizes_bytes histogram collection',
      'istio_mcp_request_acks_total counter collection',
      'istio_mcp_request_nacks_total counter collection',
      'quintet_galley_quarantined_objects gauge state',
    ]);
  });
});
