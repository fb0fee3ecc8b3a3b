import { type Bus, createNatsBus } from '@quintet/bus';
import { createMetrics, MeshError, silentLog, systemClock } from '@quintet/runtime';
import type { MeshState } from '../mesh/mesh-state.ts';

const CONNECT_LIMIT_MS = 3000;

/** Runs `work` with a connection to the bus of a mesh. Throws a MeshError `unavailable` when there is none in time. */
export async function withMeshBus<T>(
  mesh: Pick<MeshState, 'name' | 'nats'>,
  work: (bus: Bus) => Promise<T>,
): Promise<T> {
  const metrics = createMetrics();
  const bus = createNatsBus({
    servers: [mesh.nats.address],
    principal: 'cli',
    credentials: { kind: 'nkey', seedFile: mesh.nats.seedFile },
    clock: systemClock,
    log: silentLog,
    metrics,
  });
  await bus.start?.();
  try {
    await bus.connected(CONNECT_LIMIT_MS).catch((cause: unknown) => {
      throw new MeshError('unavailable', `the bus of mesh "${mesh.name}" does not answer`, { cause });
    });
    return await work(bus);
  } finally {
    await bus.stop?.(AbortSignal.timeout(CONNECT_LIMIT_MS));
    await metrics.shutdown();
  }
}
