import { metricLines } from '@quintet/runtime';
import { describe, expect, it } from 'vitest';
import { METRICS } from './metrics.ts';

describe('metrics', () => {
  it('keep their names and labels', () => {
    expect(metricLines(METRICS)).toEqual([
      'pilot_inbound_updates counter type',
      'pilot_proxy_convergence_time histogram',
      'pilot_rds_expired_nonce counter',
      'pilot_services gauge',
      'pilot_total_xds_internal_errors counter',
      'pilot_total_xds_rejects counter',
      'pilot_virt_services gauge',
      'pilot_xds gauge',
      'pilot_xds_cds_reject gauge node,err',
      'pilot_xds_eds_reject gauge node,err',
      'pilot_xds_lds_reject gauge node,err',
      'pilot_xds_push_time histogram type',
      'pilot_xds_pushes counter type',
      'pilot_xds_rds_reject gauge node,err',
      'quintet_pilot_ack_overdue_total counter',
      'quintet_pilot_issues gauge severity',
      'quintet_pilot_refused_streams_total counter',
      'quintet_pilot_snapshot_seconds histogram',
    ]);
  });
});
