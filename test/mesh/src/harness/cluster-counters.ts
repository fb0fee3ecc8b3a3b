import { request } from 'node:http';
import type { Workload } from './mesh-state.ts';

/** How often an Envoy used a cluster since it started. */
export type ClusterCounters = {
  readonly connections: number;
  readonly requests: number;
};

/** Reads the counters of all hosts of a cluster from the admin page of a workload's Envoy. */
export async function clusterCounters(workload: Workload, cluster: string): Promise<ClusterCounters> {
  const page = await adminPage(workload, '/clusters');
  const sum = (counter: string): number =>
    page
      .split('\n')
      .map((line) => line.split('::'))
      .filter(([name, , key]) => name === cluster && key === counter)
      .reduce((total, [, , , value]) => total + Number(value), 0);
  return { connections: sum('cx_total'), requests: sum('rq_total') };
}

function adminPage({ adminSocket }: Workload, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath: adminSocket, path, signal: AbortSignal.timeout(5000) }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('error', reject);
      response.on('end', () => resolve(text));
    });
    sent.on('error', reject);
    sent.end();
  });
}
