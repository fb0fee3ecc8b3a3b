import type { WorkloadEntry } from '@quintet/proto/istio/networking/v1alpha3/workload_pb.js';
import type { ConfigObject } from '../config-object.ts';
import type { Finding } from '../finding.ts';
import { collect } from './report.ts';

/** Checks a WorkloadEntry. */
export function validateWorkloadEntry({ spec }: ConfigObject<WorkloadEntry>): readonly Finding[] {
  return collect((report) => {
    if (spec.address === '') report('spec.address', 'expected an address, found none');
  });
}
