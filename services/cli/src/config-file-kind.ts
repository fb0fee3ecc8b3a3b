import { basename } from 'node:path';
import type { InputFile } from './input-files.ts';

/** What a file of a configuration folder holds: objects, or one of the two files that are something else. */
export type ConfigFileKind = 'objects' | 'mesh' | 'mesh-config';

const OBJECT = /^(apiVersion|kind)\s*:/m;

/** Told by the name of the file, unless there are objects in it all the same. */
export function configFileKind({ path, text }: InputFile): ConfigFileKind {
  const name = basename(path);
  if (name !== 'mesh.yaml' && name !== 'meshconfig.yaml') return 'objects';
  if (OBJECT.test(text)) return 'objects';
  return name === 'mesh.yaml' ? 'mesh' : 'mesh-config';
}
