import { httpCall } from './http-call.ts';
import { field, list, text } from './json.ts';
import type { Mesh } from './mesh.ts';

/** An identity whose certificate the node agent keeps. */
export type Secret = {
  readonly spiffeId: string;
  /** Milliseconds since 1970. */
  readonly notAfter: number;
};

/** The certificates of all workloads, as the node agent has them now. */
export async function secretsOf({ state }: Mesh): Promise<Secret[]> {
  const answer = await httpCall({
    url: `http://${state.addresses.nodeagent}:15014/debug/sds/workload`,
    headers: { authorization: `Bearer ${state.debugToken}` },
  });
  if (answer.status !== 200) throw new Error(`the node agent's page: status ${answer.status} ${answer.body}`);
  return list(field(JSON.parse(answer.body), 'workloads')).map((workload) => ({
    spiffeId: text(workload, 'spiffe_id'),
    notAfter: Date.parse(text(workload, 'expires')),
  }));
}
