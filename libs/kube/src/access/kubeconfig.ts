import { dirname, resolve } from 'node:path';
import type { JsonObject } from '@bufbuild/protobuf';
import { type Clock, readTextFile } from '@quintet/runtime';
import { field, isObject, textOf } from '../json.ts';
import type { ClusterAccess, Credentials } from './cluster-access.ts';
import { createFileCache } from './file-cache.ts';
import { type KubeconfigContext, readContext, wrong } from './kubeconfig-document.ts';
import { pluginCredentials } from './plugin-credentials.ts';

export type KubeconfigOptions = {
  readonly clock: Clock;
  /** The current context unless given. */
  readonly context?: string;
};

/** Access as a kubeconfig file of this machine says: all ways of authenticating, files and plugins included. */
export async function kubeconfigAccess(path: string, options: KubeconfigOptions): Promise<ClusterAccess> {
  const text = await readTextFile(path);
  const context = readContext(text, options.context);
  const plugin = ['exec', 'auth-provider'].some((key) => isObject(field(context.user, key)));
  const materials = { directory: dirname(resolve(path)), clock: options.clock };
  const own = materialsOf(context, materials);
  return {
    ...endpointOf(context),
    credentials: plugin ? pluginCredentials({ text, path, context: context.name, own }) : own,
  };
}

/** What a kubeconfig that came from somebody else may not have: it would run programs or read files here. */
const REFUSED: readonly (readonly [part: 'cluster' | 'user', key: string, why: string])[] = [
  ['user', 'exec', 'a program of this machine would be run'],
  ['user', 'auth-provider', 'a plugin would be run'],
  ['user', 'tokenFile', 'a file of this machine would be read'],
  ['user', 'client-certificate', 'a file of this machine would be read; give client-certificate-data'],
  ['user', 'client-key', 'a file of this machine would be read; give client-key-data'],
  ['user', 'as', 'nobody is impersonated'],
  [
    'cluster',
    'certificate-authority',
    'a file of this machine would be read; give certificate-authority-data',
  ],
  ['cluster', 'insecure-skip-tls-verify', 'whoever answers would be believed'],
  ['cluster', 'proxy-url', 'proxies are not used'],
];

/**
 * Access as a kubeconfig from a Secret says. It may hold keys and tokens, and nothing that reads files, runs programs
 * or believes any server; else `invalid_argument` is thrown.
 */
export function remoteKubeconfigAccess(text: string, options: KubeconfigOptions): ClusterAccess {
  const context = readContext(text, options.context);
  for (const [part, key, why] of REFUSED) {
    const value = field(context[part], key);
    if (value !== undefined && value !== null && value !== false && value !== '') {
      throw wrong(`${part}: "${key}" is refused in a Secret: ${why}`);
    }
  }
  const endpoint = endpointOf(context);
  if (endpoint.server.protocol !== 'https:') throw wrong('server: expected https in a Secret');
  return { ...endpoint, credentials: materialsOf(context, { directory: '/', clock: options.clock }) };
}

function endpointOf(context: KubeconfigContext): Omit<ClusterAccess, 'credentials'> {
  const { cluster } = context;
  const url = textOf(cluster, 'server');
  if (!URL.canParse(url)) throw wrong(`server: expected a URL, found ${JSON.stringify(url)}`);
  const server = new URL(url);
  const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(server.hostname);
  if (server.protocol !== 'https:' && !(server.protocol === 'http:' && loopback)) {
    throw wrong(`server: expected https, found ${JSON.stringify(url)}`);
  }
  if (textOf(cluster, 'proxy-url') !== '')
    throw wrong('proxy-url: proxies are not used; reach the server directly');
  return {
    server,
    namespace: context.namespace,
    serverName: textOf(cluster, 'tls-server-name') || undefined,
    skipVerify: field(cluster, 'insecure-skip-tls-verify') === true,
  };
}

/** Reads keys, certificates and tokens. Of two, kubectl takes PEM in the kubeconfig over a file, and a token file over a token. */
function materialsOf(
  { cluster, user }: KubeconfigContext,
  from: { readonly directory: string; readonly clock: Clock },
): () => Promise<Credentials> {
  const pem = (entry: JsonObject, key: string) => {
    const data = textOf(entry, `${key}-data`);
    if (data !== '') return inline(decodePem(data, `${key}-data`));
    return fileOf(entry, key, from);
  };
  const ca = pem(cluster, 'certificate-authority');
  const certificate = pem(user, 'client-certificate');
  const key = pem(user, 'client-key');
  const token = fileOf(user, 'tokenFile', from) ?? inline(textOf(user, 'token'));
  if (textOf(user, 'username') !== '') throw wrong('username: Kubernetes has no passwords any more');
  return async () => {
    const [caPem, certificatePem, keyPem, bearer] = await Promise.all([
      ca?.(),
      certificate?.(),
      key?.(),
      token?.(),
    ]);
    return {
      ...(caPem && { ca: caPem }),
      ...(certificatePem && { certificate: certificatePem }),
      ...(keyPem && { key: keyPem }),
      ...(bearer && { token: bearer.trim() }),
    };
  };
}

function inline(text: string): (() => Promise<string>) | undefined {
  return text === '' ? undefined : async () => text;
}

function fileOf(
  entry: JsonObject,
  key: string,
  { directory, clock }: { readonly directory: string; readonly clock: Clock },
): (() => Promise<string>) | undefined {
  const path = textOf(entry, key);
  return path === '' ? undefined : createFileCache(resolve(directory, path), clock);
}

function decodePem(data: string, key: string): string {
  const text = Buffer.from(data, 'base64').toString('utf8');
  if (!text.includes('-----BEGIN ')) throw wrong(`${key}: expected PEM in base64`);
  return text;
}
