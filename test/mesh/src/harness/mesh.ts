import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Configuration, createConfiguration } from './configuration.ts';
import { type HttpAnswer, type HttpCall, httpCall } from './http-call.ts';
import { listenersOf } from './listeners.ts';
import { type ConfigChanges, makeMeshFolder } from './mesh-folder.ts';
import { createMeshProcesses, type MeshProcesses } from './mesh-processes.ts';
import { type MeshState, readMeshState, type Workload } from './mesh-state.ts';
import { processesOf } from './processes.ts';
import { type Metrics, parseMetrics } from './prometheus.ts';
import { type CliResult, runCli } from './run-cli.ts';
import { startUp, type UpProcess } from './up-process.ts';

export type MeshOptions = ConfigChanges & {
  /** `test` unless given. */
  readonly name?: string;
  /** Set for `up` and what it starts. */
  readonly env?: Readonly<Record<string, string>>;
  /** Further flags for `up`. */
  readonly upArgs?: readonly string[];
};

type CallOptions = Omit<HttpCall, 'url'>;

/** A running local mesh of a test. */
export type Mesh = Configuration &
  MeshProcesses & {
    readonly state: MeshState;
    readonly home: string;
    readonly up: UpProcess;
    workload(name: string): Workload;
    /** Asks the gateway. */
    get(path: string, options?: CallOptions): Promise<HttpAnswer>;
    /** Calls a service as a workload does: through its sidecar's outbound listener. `host` is `name:port`. */
    call(
      options: CallOptions & { readonly from: string; readonly host: string; readonly path?: string },
    ): Promise<HttpAnswer>;
    /** The mesh's metrics, as mixer shows them now. */
    metrics(): Promise<Metrics>;
    /** Runs the command line against this mesh. */
    quintet(...args: readonly string[]): Promise<CliResult>;
    /** The last lines of every log, for a test that failed. */
    logs(): string;
    /** Ends the mesh; fails when it does not end well, or leaves a process or an open port. */
    stop(): Promise<void>;
    /** Ends what is left, without a word. */
    dispose(): Promise<void>;
  };

const START_LIMIT_MS = 120_000;
const SHOWN_LINES = 12;
const SHOWN_WIDTH = 500;

/** Starts a mesh in folders of its own and waits until it is ready and its configuration at work. */
export async function startMesh(options: MeshOptions = {}): Promise<Mesh> {
  const { name = 'test', env = {}, upArgs = [] } = options;
  const folder = await makeMeshFolder(options);
  const environment = { ...env, QUINTET_HOME: folder.home };
  const up = startUp({ args: ['--name', name, '--config', folder.config, ...upArgs], env: environment });
  try {
    await up.line(/Ctrl-C ends the mesh/, { timeoutMs: START_LIMIT_MS });
    const state = readMeshState(join(folder.home, name, 'mesh.json'));
    const configuration = createConfiguration(state);
    await configuration.settled();
    return {
      ...configuration,
      ...createMeshProcesses(state),
      ...createCalls(state),
      ...{ state, up, home: folder.home },
      quintet: (...args) => runCli({ args, env: { ...environment, QUINTET_MESH: name } }),
      logs: () => allLogs(folder.home, up),
      async stop() {
        await endMesh(up, { home: folder.home, block: state.block });
        await folder.remove();
      },
      async dispose() {
        up.signal('SIGKILL');
        await up.ended;
        await folder.remove();
      },
    };
  } catch (error) {
    const logs = allLogs(folder.home, up);
    up.signal('SIGTERM');
    await up.ended;
    await folder.remove();
    throw new Error(`the mesh did not start: ${error instanceof Error ? error.message : error}\n${logs}`);
  }
}

/** Ends `up` as Ctrl-C does and checks that nothing is left. */
async function endMesh(
  up: UpProcess,
  { home, block }: { readonly home: string; readonly block: number },
): Promise<void> {
  up.signal('SIGINT');
  const code = await up.ended;
  const problems = [
    ...(code === 0 ? [] : [`up ended with ${code}`]),
    ...processesOf(home).map(({ pid, command }) => `process ${pid} is left: ${command.join(' ')}`),
    ...leftListeners(block).map((address) => `${address} is still listened on`),
  ];
  if (problems.length > 0) throw new Error(`${problems.join('\n')}\n${up.output()}`);
}

/** Nothing may be left, unless another mesh has taken the block since. */
export function leftListeners(block: number): string[] {
  const listeners = listenersOf(block);
  return listeners.includes(`127.${block}.0.1:15010`) ? [] : listeners;
}

function createCalls(state: MeshState): Pick<Mesh, 'workload' | 'get' | 'call' | 'metrics'> {
  const workload = (name: string): Workload => {
    const found = state.workloads.find((one) => one.name === name);
    if (found === undefined) throw new Error(`mesh "${state.name}" has no workload ${name}`);
    return found;
  };
  return {
    workload,
    get: (path, options = {}) => httpCall({ ...options, url: new URL(path, state.page).href }),
    call({ from, host, path = '/', headers = {}, ...options }) {
      const [, port = '80'] = host.split(':');
      const url = `http://${workload(from).outboundAddress}:${port}${path}`;
      return httpCall({ ...options, url, headers: { host, ...headers } });
    },
    async metrics() {
      const { status, body } = await httpCall({ url: `http://${state.addresses.mixer}:42422/metrics` });
      if (status !== 200) throw new Error(`mixer's metrics: status ${status}`);
      return parseMetrics(body);
    },
  };
}

function allLogs(home: string, up: UpProcess): string {
  const parts = [`--- up\n${up.output()}`];
  for (const path of logFiles(home)) {
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    const shown = lines.slice(-SHOWN_LINES).map((line) => line.slice(0, SHOWN_WIDTH));
    parts.push(`--- ${path}\n${shown.join('\n')}`);
  }
  return parts.join('\n');
}

function logFiles(home: string): string[] {
  try {
    return readdirSync(home, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.log') && path.includes('/logs/'))
      .map((path) => join(home, path))
      .sort();
  } catch {
    return [];
  }
}
