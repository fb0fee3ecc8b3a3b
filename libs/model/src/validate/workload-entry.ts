import type { WorkloadEntry } from '@quintet/proto/istio/networking/v1alpha3/workload_pb.js';
import type { ConfigObject } from '../config-object.ts';
import type { Finding } from '../finding.ts';
import { checkEndpoint } from './endpoint.ts';
import { collect } from './report.ts';

/** Checks a WorkloadEntry: a workload outside the platform. */
export function validateWorkloadEntry({ spec }: ConfigObject<WorkloadEntry>): readonly Finding[] {
  return collect((report) => checkEndpoint(spec, 'spec', report, { names: true }));
}
