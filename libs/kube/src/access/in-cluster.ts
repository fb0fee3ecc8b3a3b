import { join } from 'node:path';
import { type Clock, MeshError } from '@quintet/runtime';
import type { ClusterAccess } from './cluster-access.ts';
import { createFileCache } from './file-cache.ts';

/** Where Kubernetes mounts a pod's service account. */
const ACCOUNT_DIRECTORY = '/var/run/secrets/kubernetes.io/serviceaccount';

export type InClusterOptions = {
  /** `KUBERNETES_SERVICE_HOST` and `KUBERNETES_SERVICE_PORT` of the pod's environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** Directory with `token`, `ca.crt` and `namespace`; Kubernetes' own unless given. */
  readonly directory?: string;
};

/**
 * Access from within a pod, as its service account. Token and root are read again now and then, since Kubernetes
 * replaces them. Throws `failed_precondition` when this is no pod.
 */
export async function inClusterAccess(options: InClusterOptions): Promise<ClusterAccess> {
  const { env, clock, directory = ACCOUNT_DIRECTORY } = options;
  const host = env.KUBERNETES_SERVICE_HOST;
  const port = env.KUBERNETES_SERVICE_PORT;
  if (!host || !port) {
    const message = 'not in a pod: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set';
    throw new MeshError('failed_precondition', message, { hint: 'give --kubeconfig' });
  }
  const token = createFileCache(join(directory, 'token'), clock);
  const ca = createFileCache(join(directory, 'ca.crt'), clock);
  const namespace = createFileCache(join(directory, 'namespace'), clock);
  return {
    server: new URL(`https://${host.includes(':') ? `[${host}]` : host}:${port}`),
    namespace: (await namespace().catch(() => '')).trim() || undefined,
    serverName: undefined,
    skipVerify: false,
    credentials: async () => ({ ca: await ca(), token: (await token()).trim() }),
  };
}
