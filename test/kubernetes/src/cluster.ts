import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ClusterAccess, createKubeClient, type KubeClient, kubeconfigAccess } from '@quintet/kube';
import { systemClock } from '@quintet/runtime';
import { eventually, freePort, makeTempDir } from '@quintet/testkit';
import { API_SERVER, CONTROLLER_MANAGER, ETCD, pathOfBinary } from './binaries.ts';
import { ADMIN, type ClusterUser, kubeconfigText, writeClusterFiles } from './cluster-files.ts';
import { createProgram, type Program } from './program.ts';

export type ControlPlaneOptions = {
  /** Runs the controllers too: Endpoints of Services, garbage collection, service accounts. */
  readonly controllers?: boolean;
  /** Users besides the administrator; they may do what RBAC objects say. */
  readonly users?: readonly string[];
  /** Further arguments of the API server. */
  readonly apiServerArgs?: readonly string[];
};

export type ControlPlaneProgram = 'etcd' | 'apiserver' | 'controllers';

/** A real control plane of Kubernetes on free loopback ports. */
export type ControlPlane = {
  /** `https://127.0.0.1:<port>`; stays the same over a restart. */
  readonly server: string;
  /** Path of the administrator's kubeconfig. */
  readonly kubeconfig: string;
  /** How to reach it as the administrator. */
  readonly access: ClusterAccess;
  /** A client of the administrator. */
  readonly client: KubeClient;
  /** `http://127.0.0.1:<port>` of etcd. */
  readonly etcd: string;
  /** Text of a kubeconfig for a user; with another server, e.g. a proxy before the API server. */
  kubeconfigOf(user: string, server?: string): string;
  /** Forgets all history in etcd. */
  compact(): Promise<void>;
  pid(program: ControlPlaneProgram): number | undefined;
  /** Ends a program without warning; what etcd stored stays. */
  kill(program: ControlPlaneProgram): Promise<void>;
  /** Starts a program again, and waits until the API server answers when both it and etcd run. */
  restart(program: ControlPlaneProgram): Promise<void>;
  /** Ends everything and removes what it stored. */
  stop(): Promise<void>;
};

const READY_MS = 60_000;

/** Starts etcd and an API server, in three to four seconds. Fails with their logs when they do not come up. */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const dir = await makeTempDir('kubernetes');
  const [etcdPort, peerPort, apiPort, controllerPort] = [
    await freePort(),
    await freePort(),
    await freePort(),
    await freePort(),
  ];
  const server = `https://127.0.0.1:${apiPort}`;
  const etcd = `http://127.0.0.1:${etcdPort}`;
  const users = usersOf(options);
  const rootPem = await writeClusterFiles(join(dir.path, 'pki'), users);
  const kubeconfigOf = (name: string, at = server): string => {
    const user = users.find((each) => each.name === name);
    if (user === undefined) throw new Error(`no user ${name}`);
    return kubeconfigText({ server: at, rootPem, token: user.token });
  };
  const kubeconfig = join(dir.path, 'admin.kubeconfig');
  await writeFile(kubeconfig, kubeconfigOf(ADMIN), { mode: 0o600 });
  const controllerConfig = join(dir.path, 'controllers.kubeconfig');
  await writeFile(controllerConfig, kubeconfigOf(CONTROLLERS), { mode: 0o600 });
  const arg = { dir: dir.path, etcd, etcdPort, peerPort, apiPort, controllerPort, controllerConfig };
  const programs: Readonly<Record<ControlPlaneProgram, Program>> = {
    etcd: programOf(ETCD.name, dir.path, etcdArgs(arg)),
    apiserver: programOf(API_SERVER.name, dir.path, [
      ...apiServerArgs(arg, options),
      ...(options.apiServerArgs ?? []),
    ]),
    controllers: programOf(CONTROLLER_MANAGER.name, dir.path, controllerArgs(arg)),
  };
  const access = await kubeconfigAccess(kubeconfig, { clock: systemClock });
  const client = createKubeClient({
    access,
    clock: systemClock,
    userAgent: 'quintet-test',
    answerMs: 60_000,
  });
  const ready = () => untilReady(client, programs);
  const stop = async () => {
    client.close();
    for (const program of Object.values(programs).reverse()) await program.kill();
    await dir.remove();
  };
  programs.etcd.start();
  programs.apiserver.start();
  try {
    await ready();
    if (options.controllers) programs.controllers.start();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    ...{ server, kubeconfig, access, client, etcd, kubeconfigOf, stop },
    compact: () => compact(etcd),
    pid: (program) => programs[program].pid(),
    kill: (program) => programs[program].kill(),
    async restart(program) {
      await programs[program].kill();
      programs[program].start();
      if (programs.etcd.pid() !== undefined && programs.apiserver.pid() !== undefined) await ready();
    },
  };
}

const CONTROLLERS = 'system:kube-controller-manager';

function usersOf({ users = [] }: ControlPlaneOptions): readonly ClusterUser[] {
  const token = () => randomBytes(16).toString('hex');
  return [
    { name: ADMIN, token: token(), groups: 'system:masters' },
    ...[CONTROLLERS, ...users].map((name) => ({ name, token: token() })),
  ];
}

function programOf(name: string, dir: string, args: readonly string[]): Program {
  return createProgram({ path: pathOfBinary({ name }), args, logFile: join(dir, `${name}.log`) });
}

type Arguments = {
  readonly dir: string;
  readonly etcd: string;
  readonly etcdPort: number;
  readonly peerPort: number;
  readonly apiPort: number;
  readonly controllerPort: number;
  readonly controllerConfig: string;
};

function etcdArgs({ dir, etcd, peerPort }: Arguments): string[] {
  const peer = `http://127.0.0.1:${peerPort}`;
  return [
    ...['--data-dir', join(dir, 'etcd'), '--log-level', 'error'],
    // A killed process loses nothing of what it wrote; only a machine that fails does.
    '--unsafe-no-fsync',
    ...['--listen-client-urls', etcd, '--advertise-client-urls', etcd],
    ...['--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer],
    ...['--initial-cluster', `default=${peer}`],
  ];
}

function apiServerArgs({ dir, etcd, apiPort }: Arguments, { controllers }: ControlPlaneOptions): string[] {
  const pki = (name: string) => join(dir, 'pki', name);
  const issuer = 'https://kubernetes.default.svc';
  return [
    ...['--etcd-servers', etcd, '--bind-address', '127.0.0.1', '--secure-port', `${apiPort}`],
    // Endpoints of the Service `kubernetes` may not be loopback addresses: an address of documentation stands there.
    ...['--advertise-address', '203.0.113.1', '--service-cluster-ip-range', '10.96.0.0/16'],
    ...['--tls-cert-file', pki('server.crt'), '--tls-private-key-file', pki('server.key')],
    ...['--token-auth-file', pki('tokens.csv'), '--authorization-mode', 'RBAC'],
    ...['--service-account-issuer', issuer, '--api-audiences', issuer],
    ...['--service-account-key-file', pki('accounts.pub')],
    ...['--service-account-signing-key-file', pki('accounts.key')],
    // Without controllers nobody makes the default service accounts that pods would need.
    ...(controllers ? [] : ['--disable-admission-plugins', 'ServiceAccount']),
  ];
}

function controllerArgs({ dir, controllerConfig, controllerPort }: Arguments): string[] {
  const pki = (name: string) => join(dir, 'pki', name);
  return [
    ...[
      '--kubeconfig',
      controllerConfig,
      '--bind-address',
      '127.0.0.1',
      '--secure-port',
      `${controllerPort}`,
    ],
    ...['--leader-elect=false', '--kube-api-qps', '500', '--kube-api-burst', '1000'],
    ...['--use-service-account-credentials', '--root-ca-file', pki('ca.crt')],
    ...['--service-account-private-key-file', pki('accounts.key')],
    ...['--cluster-signing-cert-file', pki('ca.crt'), '--cluster-signing-key-file', pki('ca.key')],
  ];
}

/** The API server has no event for being ready: it is asked. */
async function untilReady(
  client: KubeClient,
  programs: Readonly<Record<ControlPlaneProgram, Program>>,
): Promise<void> {
  const namespaces = {
    group: '',
    version: 'v1',
    plural: 'namespaces',
    kind: 'Namespace',
    scope: 'cluster',
  } as const;
  const asked = async () => (await client.isReady()) && (await client.get(namespaces, { name: 'default' }));
  try {
    await eventually(asked, { timeoutMs: READY_MS, everyMs: 100 });
  } catch (cause) {
    const logs = await Promise.all([programs.etcd.log(), programs.apiserver.log()]);
    throw new Error(`the control plane does not come up:\n${logs.join('\n')}`, { cause });
  }
}

/** By etcd's JSON gateway. */
async function compact(etcd: string): Promise<void> {
  const post = async (path: string, body: object): Promise<unknown> => {
    const response = await fetch(`${etcd}/v3/kv/${path}`, { method: 'POST', body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`etcd: ${path}: ${response.status} ${await response.text()}`);
    return await response.json();
  };
  const answer = await post('range', { key: Buffer.from('x').toString('base64'), limit: 1 });
  const revision = revisionOf(answer);
  await post('compaction', { revision, physical: true });
}

function revisionOf(answer: unknown): string {
  const header =
    typeof answer === 'object' && answer !== null && 'header' in answer ? answer.header : undefined;
  const revision =
    typeof header === 'object' && header !== null && 'revision' in header ? header.revision : undefined;
  if (typeof revision !== 'string') throw new Error('etcd: expected a revision');
  return revision;
}
