import {
  ISSUE_CODES,
  type Issue,
  MESH_CONFIG,
  MESH_CONFIG_NAME,
  makeConfigObject,
  meshConfigWithDefaults,
  parseMeshConfig,
  type ResourceRef,
} from '@quintet/model';
import type { FileContent } from '../file-set.ts';
import type { Entry } from './config-state.ts';

/** The name of the mesh configuration among the objects. */
export const MESH_CONFIG_RESOURCE: ResourceRef = { kind: MESH_CONFIG.kind, ...MESH_CONFIG_NAME };

/** A mesh configuration file as it was read. */
export type MeshConfigFile = { readonly path: string; readonly content: FileContent };

/**
 * The mesh configuration as an object like the others. Without a file it is the defaults; with a bad one the last
 * good version stays (`before`), and if there was none, there is none: the defaults may ask for less than the file.
 */
export function meshConfigEntry(file: MeshConfigFile | undefined, before: Entry | undefined): Entry {
  const resource = MESH_CONFIG_RESOURCE;
  if (file === undefined) {
    const object = makeConfigObject({
      kind: MESH_CONFIG,
      ...MESH_CONFIG_NAME,
      spec: meshConfigWithDefaults(),
    });
    return { resource, state: 'applied', object, origin: { file: '', line: 1 }, issues: [] };
  }
  const { path, content } = file;
  const origin = { file: path, line: 1 };
  const read =
    content.kind === 'text'
      ? parseMeshConfig(content.text, { file: path })
      : { issues: [unreadable(path, content.reason)] };
  if ('object' in read && read.object !== undefined) {
    return { resource, state: 'applied', object: read.object, origin, issues: read.issues };
  }
  const good = before?.object;
  return {
    resource,
    state: good === undefined ? 'rejected' : 'held',
    ...(good && { object: good }),
    origin,
    issues: read.issues,
  };
}

function unreadable(path: string, reason: string): Issue {
  const { severity } = ISSUE_CODES.QTT1006;
  const message = `${path}: ${reason}`;
  return {
    code: 'QTT1006',
    severity,
    resource: MESH_CONFIG_RESOURCE,
    path: '',
    message,
    origin: { file: path, line: 1 },
  };
}
