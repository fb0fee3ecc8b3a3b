import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { LOCAL_CONFIG } from './checkout.ts';

export type ConfigChanges = {
  /** Files to write over the copy of `deploy/local/config`, by name: `mesh.yaml`, `meshconfig.yaml`, others. */
  readonly files?: Readonly<Record<string, string>>;
  /** Files of the copy to leave out: `['bookinfo.yaml']`. */
  readonly omit?: readonly string[];
};

/** A state folder and a configuration folder of a test's own. */
export type MeshFolder = {
  /** For QUINTET_HOME. */
  readonly home: string;
  readonly config: string;
  remove(): Promise<void>;
};

/** Makes the folders below the system's temporary one. Paths are short: they hold Unix sockets. */
export async function makeMeshFolder({ files = {}, omit = [] }: ConfigChanges): Promise<MeshFolder> {
  const folder = await mkdtemp(join(tmpdir(), 'qm-'));
  const config = join(folder, 'config');
  await cp(LOCAL_CONFIG, config, { recursive: true });
  for (const name of omit) await rm(join(config, name));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(config, name)), { recursive: true });
    await writeFile(join(config, name), content);
  }
  return {
    home: join(folder, 'home'),
    config,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
