import type { MeshPaths } from '../mesh/mesh-paths.ts';
import type { PlacedMesh } from '../mesh/placed-mesh.ts';
import type { Reporter } from './reporter.ts';

export type WatchOptions = {
  readonly mesh: PlacedMesh;
  readonly paths: MeshPaths;
  readonly configFolder: string;
  readonly signal: AbortSignal;
  readonly reporter: Reporter;
};

/** Says what became of each change of the configuration. */
export function watchChanges(_options: WatchOptions): void {}
