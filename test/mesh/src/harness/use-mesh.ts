import { afterAll, afterEach, beforeAll } from 'vitest';
import { type Mesh, type MeshOptions, startMesh } from './mesh.ts';

/**
 * One mesh for all tests of a file or `describe`: started before the first, stopped after the last, and stopping proves
 * that nothing is left. The logs of the mesh are shown when a test fails. Answers how to get at it inside tests.
 */
export function useMesh(options: MeshOptions = {}): () => Mesh {
  let mesh: Mesh | undefined;
  let shown = false;
  beforeAll(async () => {
    mesh = await startMesh(options);
  });
  afterEach(({ task }) => {
    if (task.result?.state !== 'fail' || shown) return;
    shown = true;
    process.stderr.write(`${mesh?.logs() ?? ''}\n`);
  });
  afterAll(async () => {
    await mesh?.stop();
  });
  return () => {
    if (mesh === undefined) throw new Error('the mesh is there inside tests only');
    return mesh;
  };
}
