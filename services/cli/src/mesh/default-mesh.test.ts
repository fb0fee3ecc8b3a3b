import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LOCAL_CONFIG_FOLDER } from '../checkout.ts';
import { readMeshFile } from './read-mesh-file.ts';

describe('deploy/local', () => {
  it('has a mesh.yaml that can be read', () => {
    const read = readMeshFile(readFileSync(join(LOCAL_CONFIG_FOLDER, 'mesh.yaml'), 'utf8'));
    expect(read).toMatchObject({ ok: true });
  });
});
