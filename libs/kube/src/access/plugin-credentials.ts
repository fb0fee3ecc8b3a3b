import type { RequestOptions } from 'node:https';
import { dirname, resolve } from 'node:path';
import { MeshError } from '@quintet/runtime';
import type { Credentials } from './cluster-access.ts';

export type PluginOptions = {
  /** The kubeconfig, and where it stands: commands may be relative to it. */
  readonly text: string;
  readonly path: string;
  readonly context: string;
  /** What the kubeconfig holds besides. */
  readonly own: () => Promise<Credentials>;
};

/**
 * Credentials that a plugin gives: `exec` programs and `auth-provider`s (OIDC, cloud providers), as the Kubernetes
 * client runs and caches them. That client is loaded only here, when a kubeconfig asks for it: it takes 90 MB.
 */
export function pluginCredentials({ text, path, context, own }: PluginOptions): () => Promise<Credentials> {
  const load = async () => {
    const { KubeConfig } = await import('@kubernetes/client-node');
    const config = new KubeConfig();
    config.loadFromString(text);
    config.makePathsAbsolute(dirname(resolve(path)));
    config.setCurrentContext(context);
    return config;
  };
  let config: ReturnType<typeof load> | undefined;
  return async () => {
    config ??= load();
    const request: RequestOptions = {};
    try {
      await (await config).applyToHTTPSOptions(request);
    } catch (cause) {
      throw new MeshError(
        'unauthenticated',
        `kubeconfig: the plugin of context ${context} gave no credentials`,
        { cause },
      );
    }
    return { ...(await own()), ...fromRequest(request) };
  };
}

function fromRequest({ headers, cert, key }: RequestOptions): Credentials {
  const authorization = headers && 'Authorization' in headers ? headers.Authorization : undefined;
  const token = typeof authorization === 'string' ? /^Bearer (.+)$/.exec(authorization)?.[1] : undefined;
  const text = (value: unknown): string | undefined =>
    typeof value === 'string' || Buffer.isBuffer(value) ? value.toString() : undefined;
  const [certificate, privateKey] = [text(cert), text(key)];
  return {
    ...(token && { token }),
    ...(certificate && { certificate }),
    ...(privateKey && { key: privateKey }),
  };
}
