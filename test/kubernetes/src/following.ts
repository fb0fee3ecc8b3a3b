import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  createDiscovery,
  createKubeClient,
  createReflector,
  type KubeClient,
  kubeconfigAccess,
  objectKey,
  type Reflector,
  type ReflectorChange,
  type ReflectorTimes,
  type ResourceType,
} from '@quintet/kube';
import { systemClock } from '@quintet/runtime';
import { eventually, makeTempDir } from '@quintet/testkit';
import type { ControlPlane } from './cluster.ts';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';

/** A reflector whose way to the API server can be cut, and what it handed over. */
export type Following = {
  readonly reflector: Reflector;
  readonly proxy: TcpProxy;
  /** Keys and versions as they were handed over. */
  readonly held: ReadonlyMap<string, string>;
  /** `listed <n> <why>`, `stalled`, `lost <keys>`, `failed`. */
  readonly told: readonly string[];
  /** Waits until what was handed over is what the API server has, and says it. */
  caughtUp(): Promise<number>;
  stop(): Promise<void>;
};

export type FollowOptions = {
  readonly plane: ControlPlane;
  readonly type: ResourceType;
  readonly namespace?: string;
  readonly pageSize?: number;
  readonly times?: Partial<ReflectorTimes>;
  /** Holds the reflector up. */
  readonly onChange?: (change: ReflectorChange<string>) => void | Promise<void>;
  /** Changes what is asked of the API server. */
  readonly through?: (client: KubeClient) => KubeClient;
};

/** Follows a type through a proxy. */
export async function followType(options: FollowOptions): Promise<Following> {
  const { plane, type, namespace } = options;
  const proxy = await startTcpProxy(Number(new URL(plane.server).port));
  const dir = await makeTempDir('following');
  const kubeconfig = join(dir.path, 'kubeconfig');
  await writeFile(kubeconfig, plane.kubeconfigOf('admin', `https://127.0.0.1:${proxy.port}`));
  const access = await kubeconfigAccess(kubeconfig, { clock: systemClock });
  const made = createKubeClient({ access, clock: systemClock, userAgent: 'quintet-test' });
  const client = options.through?.(made) ?? made;
  const held = new Map<string, string>();
  const told: string[] = [];
  const selection = namespace === undefined ? {} : { namespace };
  const reflector = createReflector<string>({
    client,
    discovery: createDiscovery({ client, clock: systemClock }),
    type: { ...type, versions: [type.version] },
    selection,
    decode: (object) => object.resourceVersion,
    async onChange(change) {
      await options.onChange?.(change);
      for (const { key, value } of change.put) held.set(key, value);
      for (const key of change.removed) held.delete(key);
    },
    clock: systemClock,
    random: Math.random,
    pageSize: options.pageSize ?? 500,
    times: { auditMs: 0, backoffMs: [50, 500], ...options.times },
    observer: {
      listed: ({ objects, why }) => told.push(`listed ${objects} ${why}`),
      stalled: () => told.push('stalled'),
      failed: () => told.push('failed'),
      lost: ({ keys }) => told.push(`lost ${keys}`),
    },
  });
  await reflector.start();
  const compare = async (): Promise<number | false> => {
    const { objects } = await plane.client.list(type, selection);
    const same =
      objects.length === held.size &&
      objects.every((object) => held.get(objectKey(object)) === object.resourceVersion);
    return same && objects.length;
  };
  return {
    ...{ reflector, proxy, held, told },
    caughtUp: () => eventually(compare, { timeoutMs: 30_000, everyMs: 50 }),
    async stop() {
      await reflector.stop();
      client.close();
      await proxy.stop();
      await dir.remove();
    },
  };
}
