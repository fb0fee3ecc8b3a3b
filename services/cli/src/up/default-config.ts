import { cp, readdir, stat } from 'node:fs/promises';
import { LOCAL_CONFIG_FOLDER } from '../checkout.ts';
import { CommandFailure, EXIT } from '../exit.ts';

/**
 * The configuration folder of a mesh: the one that was asked for, else the mesh's own, which is filled from the sample
 * the first time. Throws CommandFailure when it cannot be read.
 */
export async function configFolder(wanted: string | undefined, own: string): Promise<string> {
  if (wanted !== undefined) {
    const found = await stat(wanted).catch(() => undefined);
    if (found?.isDirectory() !== true) throw new CommandFailure(EXIT.unreadable, `${wanted} is not a folder`);
    return wanted;
  }
  const content = await readdir(own).catch((): string[] => []);
  if (content.length === 0) await cp(LOCAL_CONFIG_FOLDER, own, { recursive: true });
  return own;
}
