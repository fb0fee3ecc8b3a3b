import { join } from 'node:path';

/** Files of one mesh. Everything lies in one folder with mode 0700. */
export type MeshPaths = {
  readonly folder: string;
  /** What a running mesh is: read by every command that asks it. */
  readonly state: string;
  /** The user's configuration, unless `--config` names another folder. */
  readonly config: string;
  /** Configuration that `up` writes from mesh.yaml. */
  readonly generated: string;
  readonly logs: string;
  /** Citadel's keys. */
  readonly ca: string;
  readonly rootCert: string;
  /** Where galley keeps what was good. */
  readonly galley: string;
  /** The local issuer of tokens. */
  readonly issuer: string;
  readonly jwks: string;
  /** One folder a workload and service, with its token. */
  readonly tokens: string;
  readonly nats: string;
  readonly proxies: string;
  readonly agentSocket: string;
  readonly debugToken: string;
  log(name: string): string;
  serviceToken(service: string): string;
  /** File with the seed of the key by which one principal shows the bus who it is. */
  busSeed(principal: string): string;
  workloadToken(id: string): string;
  proxy(name: string): ProxyPaths;
};

/** Files of one Envoy. */
export type ProxyPaths = {
  readonly folder: string;
  readonly bootstrap: string;
  readonly adminSocket: string;
};

/** Folder that holds one folder a mesh. */
export function stateFolder(env: Readonly<Record<string, string | undefined>>): string {
  if (env.QUINTET_HOME) return env.QUINTET_HOME;
  return join(env.XDG_STATE_HOME || join(env.HOME ?? '.', '.local/state'), 'quintet');
}

export function meshPaths(home: string, mesh: string): MeshPaths {
  const folder = join(home, mesh);
  const inside = (...parts: string[]): string => join(folder, ...parts);
  return {
    folder,
    state: inside('mesh.json'),
    config: inside('config'),
    generated: inside('generated'),
    logs: inside('logs'),
    ca: inside('ca'),
    rootCert: inside('root-cert.pem'),
    galley: inside('galley'),
    issuer: inside('issuer'),
    jwks: inside('jwks.json'),
    tokens: inside('tokens'),
    nats: inside('nats'),
    proxies: inside('proxies'),
    agentSocket: inside('nodeagent', 'sds.sock'),
    debugToken: inside('debug-token'),
    log: (name) => inside('logs', `${name}.log`),
    serviceToken: (service) => inside('tokens', 'services', service),
    busSeed: (principal) => inside('nats', `${principal}.nk`),
    workloadToken: (id) => inside('tokens', 'workloads', id),
    proxy: (name) => ({
      folder: inside('proxies', name),
      bootstrap: inside('proxies', name, 'bootstrap.json'),
      adminSocket: inside('proxies', name, 'admin.sock'),
    }),
  };
}

/** Longest path a Unix socket may have (Linux: 107 bytes and a zero). */
export const LONGEST_SOCKET_PATH = 107;
