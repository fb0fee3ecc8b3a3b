import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  authorizationConfig,
  type Bus,
  createMemoryBus,
  createNatsBus,
  createNkey,
  PRINCIPALS,
  type Principal,
  type PrincipalKey,
} from '@quintet/bus';
import { createMetrics, silentLog, systemClock } from '@quintet/runtime';
import { createMemoryLog, type MemoryLog, makeTempDir, startNatsServer } from '@quintet/testkit';

/** An implementation of the bus with a server that can go away. */
export type BusUnderTest = {
  /** A connected bus of that principal. */
  connect(principal: Principal, log?: MemoryLog): Promise<Bus>;
  down(): Promise<void>;
  up(): Promise<void>;
  remove(): Promise<void>;
};

export async function memoryBusUnderTest(): Promise<BusUnderTest> {
  const bus = createMemoryBus();
  return {
    connect: async (principal, log = createMemoryLog()) =>
      bus.connect({ principal, clock: systemClock, log }),
    down: async () => bus.setUp(false),
    up: async () => bus.setUp(true),
    remove: async () => {},
  };
}

/** A real nats-server that knows each principal by an nkey, with the permissions of the table. */
export async function natsBusUnderTest(): Promise<BusUnderTest> {
  const dir = await makeTempDir('bus');
  const keys = new Map<Principal, PrincipalKey>();
  const seedFile = (principal: Principal) => join(dir.path, `${principal}.nk`);
  for (const principal of PRINCIPALS) {
    const { publicKey, seed } = createNkey();
    keys.set(principal, { nkey: publicKey });
    await writeFile(seedFile(principal), seed, { mode: 0o600 });
  }
  const server = await startNatsServer({ config: authorizationConfig(keys) });
  const open: Bus[] = [];
  return {
    async connect(principal, log) {
      const bus = createNatsBus({
        servers: [server.address],
        principal,
        credentials: { kind: 'nkey', seedFile: seedFile(principal) },
        clock: systemClock,
        log: log ?? silentLog,
        metrics: createMetrics(),
      });
      open.push(bus);
      await bus.start?.();
      await bus.connected(10_000);
      return bus;
    },
    down: server.kill,
    up: server.start,
    async remove() {
      for (const bus of open) await bus.stop?.(AbortSignal.timeout(1000));
      await server.remove();
      await dir.remove();
    },
  };
}
