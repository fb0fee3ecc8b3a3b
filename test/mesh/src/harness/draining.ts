import { httpCall } from './http-call.ts';
import type { Workload } from './mesh-state.ts';

const STATS = 'listener_manager.total_(listeners|filter_chains)_(draining|warming)';

/**
 * Which Envoys still serve connections by listeners that have been replaced, or get new ones ready. A listener is
 * acknowledged before that: connections that were open stay with the old one until it is drained.
 */
export async function drainObstacles(workloads: readonly Workload[]): Promise<string[]> {
  const found = await Promise.all(
    workloads.map(async ({ name, adminSocket }) => {
      const url = `http://envoy/stats?filter=${encodeURIComponent(STATS)}`;
      const { body } = await httpCall({ url, socketPath: adminSocket, timeoutMs: 5000 });
      const busy = body.split('\n').filter((line) => /: [1-9]/.test(line));
      return busy.map((line) => `Envoy of ${name}: ${line}`);
    }),
  );
  return found.flat();
}
