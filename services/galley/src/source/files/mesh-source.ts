import { createFileSource, type FileContent, type FileSourceOptions, type KnownFile } from '@quintet/files';
import {
  type ConfigObject,
  ISSUE_CODES,
  type Issue,
  MESH_CONFIG,
  MESH_CONFIG_NAME,
  MESH_NETWORKS,
  MESH_NETWORKS_NAME,
  makeConfigObject,
  meshConfigWithDefaults,
  parseMeshConfig,
  parseMeshNetworks,
  type ResourceRef,
  resourceKey,
} from '@quintet/model';
import type { ConfigItem, Source, SourceOptions } from '../../store/source.ts';

export const MESH = 'mesh';

/** The mesh configuration among the objects. */
export const MESH_CONFIG_RESOURCE: ResourceRef = { kind: MESH_CONFIG.kind, ...MESH_CONFIG_NAME };

/** The networks of the mesh among the objects. */
export const MESH_NETWORKS_RESOURCE: ResourceRef = { kind: MESH_NETWORKS.kind, ...MESH_NETWORKS_NAME };

export type MeshSourceOptions = SourceOptions &
  Omit<FileSourceOptions, 'onChange' | 'named' | 'paths' | 'ignore'> & {
    readonly meshConfigFile: string | undefined;
    readonly meshNetworksFile: string | undefined;
  };

/**
 * The mesh configuration and the networks of the mesh: files of their own. Without a file the mesh configuration is the
 * defaults; with a bad one there is no object, so that the last good one stays: the defaults may ask for less than the
 * file.
 */
export function createMeshSource(
  options: MeshSourceOptions,
): Source & { readonly files: ReadonlyMap<string, KnownFile> } {
  const { meshConfigFile, meshNetworksFile, onBatch, ...rest } = options;
  const tell = (put: readonly ConfigItem[]): void =>
    onBatch({ source: MESH, synced: true, put, removed: [] });
  const files = createFileSource({
    ...rest,
    paths: [meshConfigFile, meshNetworksFile].filter((path) => path !== undefined),
    named: true,
    onChange({ put }) {
      const config = meshConfigFile === undefined ? undefined : put.get(meshConfigFile);
      const networks = meshNetworksFile === undefined ? undefined : put.get(meshNetworksFile);
      const items: ConfigItem[] = [];
      if (config && meshConfigFile)
        items.push(itemOf(MESH_CONFIG_RESOURCE, meshConfigFile, config, parseMeshConfig));
      if (networks && meshNetworksFile)
        items.push(itemOf(MESH_NETWORKS_RESOURCE, meshNetworksFile, networks, parseMeshNetworks));
      if (items.length > 0) tell(items);
    },
  });
  return {
    name: MESH,
    files: files.files,
    health: () => files.health(),
    async start() {
      if (meshConfigFile === undefined) tell([DEFAULTS]);
      await files.start?.();
    },
    stop: (signal) => files.stop?.(signal),
  };
}

const NOWHERE = { file: '', line: 1 };

const DEFAULTS: ConfigItem = {
  kind: 'config',
  key: resourceKey(MESH_CONFIG_RESOURCE),
  resource: MESH_CONFIG_RESOURCE,
  origin: NOWHERE,
  object: makeConfigObject({ kind: MESH_CONFIG, ...MESH_CONFIG_NAME, spec: meshConfigWithDefaults() }),
  issues: [],
};

type Parse = (
  text: string,
  options: { readonly file: string },
) => { object?: ConfigObject; issues: readonly Issue[] };

function itemOf(resource: ResourceRef, file: string, content: FileContent, parse: Parse): ConfigItem {
  const origin = { file, line: 1 };
  const { object, issues } =
    content.kind === 'text'
      ? parse(content.text, { file })
      : { object: undefined, issues: [unreadable(resource, file, content.reason)] };
  return { kind: 'config', key: resourceKey(resource), resource, origin, issues, ...(object && { object }) };
}

function unreadable(resource: ResourceRef, file: string, reason: string): Issue {
  const { severity } = ISSUE_CODES.QTT1006;
  return {
    code: 'QTT1006',
    severity,
    resource,
    path: '',
    message: `${file}: ${reason}`,
    origin: { file, line: 1 },
  };
}
