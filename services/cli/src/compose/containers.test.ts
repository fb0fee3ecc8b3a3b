import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LOCAL_CONFIG_FOLDER } from '../checkout.ts';
import { generateServices } from '../mesh/generate-services.ts';
import { generateSidecars } from '../mesh/generate-sidecars.ts';
import { readMeshFile } from '../mesh/read-mesh-file.ts';
import { containerPaths } from './container-paths.ts';
import { placeInContainers } from './place-in-containers.ts';

function sample() {
  const read = readMeshFile(readFileSync(join(LOCAL_CONFIG_FOLDER, 'mesh.yaml'), 'utf8'));
  if (!read.ok) throw new Error('deploy/local cannot be read');
  return placeInContainers('compose', read.mesh, '172.28');
}

describe('a mesh in containers', () => {
  it('has the last two parts of the addresses of a local mesh', () => {
    const { addresses, workloads } = sample();
    expect(addresses).toMatchObject({ citadel: '172.28.0.2', nats: '172.28.0.8' });
    expect(workloads.map(({ id, address }) => [id, address])).toContainEqual([
      'productpage-v1.default',
      '172.28.1.2',
    ]);
  });

  it('has services at the addresses of its containers', () => {
    const text = JSON.stringify(generateServices(sample()));
    expect(text).toContain('"address":"172.28.1.3"');
    expect(text).not.toContain('127.0.0.1');
  });

  it('has applications beside their sidecars', () => {
    const [sidecar] = generateSidecars(sample());
    expect(sidecar).toMatchObject({
      spec: {
        ingress: [{ bind: '172.28.1.2', defaultEndpoint: '127.0.0.1:9080' }],
        egress: expect.arrayContaining([expect.objectContaining({ bind: '127.0.0.2' })]),
      },
    });
  });

  it('gives no container what is another’s', () => {
    const paths = containerPaths('/mesh');
    const folders = [paths.serviceToken('pilot'), paths.busSeed('pilot'), paths.workloadToken('a.default')];
    expect(folders).toEqual(['/mesh/pilot/token', '/mesh/pilot/pilot.nk', '/mesh/a.default/token']);
    expect(paths.busSeed('cli')).toBe('/mesh/issuer/cli.nk');
  });
});
