import { httpCall } from './http-call.ts';
import type { Workload } from './mesh-state.ts';

const WARMING = 'listener_manager.total_listeners_warming';

/**
 * Which Envoys are still getting listeners ready: a listener is acknowledged before it is. Connections that were open
 * before stay with the listener of before until their next answer; new ones are the new listener's.
 */
export async function warmingObstacles(workloads: readonly Workload[]): Promise<string[]> {
  const found = await Promise.all(
    workloads.map(async ({ name, adminSocket }) => {
      const url = `http://envoy/stats?filter=${encodeURIComponent(WARMING)}`;
      const { body } = await httpCall({ url, socketPath: adminSocket, timeoutMs: 5000 });
      const busy = body.split('\n').filter((line) => /: [1-9]/.test(line));
      return busy.map((line) => `Envoy of ${name}: ${line}`);
    }),
  );
  return found.flat();
}
