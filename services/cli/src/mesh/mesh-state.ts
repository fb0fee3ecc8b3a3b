import { readdir, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import type { Program } from '@quintet/runtime/command';
import { CommandFailure, EXIT } from '../exit.ts';
import { readFileIfThere, writeFileAtomically } from '../files.ts';
import { meshAddresses, OWNER_PORT } from './addresses.ts';
import type { ControlPlaneService } from './control-plane.ts';
import { meshPaths, stateFolder } from './mesh-paths.ts';

/** What a running mesh tells the other commands: the content of `mesh.json` (mode 0600, it holds a token). */
export type MeshState = {
  readonly name: string;
  /** Of the `up` that runs it. */
  readonly pid: number;
  /** Second part of its addresses. */
  readonly block: number;
  readonly folder: string;
  readonly config: string;
  readonly domain: string;
  /** Address of each service, and of NATS, without port. */
  readonly addresses: Readonly<Record<string, string>>;
  /** The services of the control plane that run. */
  readonly services: readonly ControlPlaneService[];
  /** Bearer token of the debug pages. */
  readonly debugToken: string;
  readonly nats: { readonly address: string; readonly seedFile: string };
  /** The page of the sample through the gateway; empty in a mesh without a gateway. */
  readonly page: string;
  readonly workloads: readonly WorkloadState[];
};

export type WorkloadState = {
  readonly name: string;
  readonly namespace: string;
  readonly kind: 'application' | 'gateway';
  readonly address: string;
  readonly outboundAddress: string;
  readonly nodeId: string;
  readonly adminSocket: string;
};

export async function writeMeshState(path: string, state: MeshState): Promise<void> {
  await writeFileAtomically(path, `${JSON.stringify(state, null, 2)}\n`);
}

/** Removes the state file of a mesh that has ended. */
export async function removeMeshState(path: string): Promise<void> {
  await rm(path, { force: true });
}

/**
 * The mesh a command is about: the flag's or QUINTET_MESH's name or file, else the only one that runs.
 * Throws CommandFailure when there is none, or when there are several.
 */
export async function selectMesh(program: Program, wanted: string | undefined): Promise<MeshState> {
  const chosen = wanted ?? program.env.QUINTET_MESH;
  if (chosen !== undefined && chosen !== '') return namedMesh(program, chosen);
  const running = await runningMeshes(program);
  const [first] = running;
  if (first === undefined)
    throw new CommandFailure(EXIT.failed, 'no mesh is running; start one with: npm start');
  if (running.length > 1) {
    const names = running.map(({ name }) => name).join(', ');
    throw new CommandFailure(
      EXIT.failed,
      `several meshes are running (${names}); choose one with --mesh NAME`,
    );
  }
  return first;
}

/** The meshes of this user whose `up` is alive, by name. */
export async function runningMeshes(program: Program): Promise<MeshState[]> {
  const home = stateFolder(program.env);
  const names = await readdir(home).catch((): string[] => []);
  const states = await Promise.all(names.sort().map((name) => readMeshState(meshPaths(home, name).state)));
  const alive: MeshState[] = [];
  for (const state of states) {
    if (state !== undefined && (await isRunning(program, state))) alive.push(state);
  }
  return alive;
}

/** Whether the `up` that wrote a state is still there: its process, and the address that it holds. */
export async function isRunning(program: Program, state: MeshState): Promise<boolean> {
  if (!program.isAlive(state.pid)) return false;
  const { owner } = meshAddresses(state.block);
  return new Promise((resolve) => {
    const socket = connect(OWNER_PORT, owner);
    socket.on('error', () => resolve(false));
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}

async function namedMesh(program: Program, chosen: string): Promise<MeshState> {
  const isFile = chosen.includes('/') || chosen.endsWith('.json');
  const path = isFile ? chosen : meshPaths(stateFolder(program.env), chosen).state;
  const state = await readMeshState(path);
  if (state === undefined) {
    if (isFile) throw new CommandFailure(EXIT.unreadable, `${path} cannot be read as the state of a mesh`);
    throw new CommandFailure(EXIT.failed, `mesh "${chosen}" is not running`);
  }
  if (!(await isRunning(program, state)))
    throw new CommandFailure(EXIT.failed, `mesh "${state.name}" is not running`);
  return state;
}

/** The state in a file; undefined when there is none or it is no state of a mesh. */
export async function readMeshState(path: string): Promise<MeshState | undefined> {
  const text = await readFileIfThere(path).catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isMeshState(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isMeshState(value: unknown): value is MeshState {
  return (
    typeof value === 'object' &&
    value !== null &&
    'name' in value &&
    typeof value.name === 'string' &&
    'pid' in value &&
    typeof value.pid === 'number' &&
    'block' in value &&
    typeof value.block === 'number' &&
    'workloads' in value &&
    Array.isArray(value.workloads)
  );
}
