import type { Program } from '@quintet/runtime/command';
import type { MeshPaths } from '../mesh/mesh-paths.ts';
import type { MeshState } from '../mesh/mesh-state.ts';
import type { LocalMesh } from '../mesh/placed-mesh.ts';
import type { ToolPaths } from '../tools/ensure-tools.ts';
import type { Reporter } from './reporter.ts';

/** One run of a mesh, from its start to its end. */
export type MeshRun = {
  readonly program: Program;
  readonly reporter: Reporter;
  /** Aborted when the mesh is to end. */
  readonly signal: AbortSignal;
  readonly paths: MeshPaths;
  readonly mesh: LocalMesh;
  readonly tools: ToolPaths;
  readonly configFolder: string;
  /** What the other commands are told. */
  readonly state: MeshState;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** How long a process that has ended by itself stays down at least, milliseconds. */
  readonly restartDelayMs: number;
};
