import { type Issue, type ParsedObject, parseDocuments, parseMeshConfig } from '@quintet/model';
import type { MeshConfig } from '@quintet/proto/istio/mesh/v1alpha1/mesh_config_pb.js';
import { configFileKind } from '../config-file-kind.ts';
import type { InputFile } from '../input-files.ts';
import { meshFileIssues } from '../mesh/mesh-file-issues.ts';
import { readMeshFile } from '../mesh/read-mesh-file.ts';
import { meshObjects } from './mesh-objects.ts';

/** What the files of the caller hold. */
export type FilesContent = {
  readonly parsed: readonly ParsedObject[];
  /** Of a file that is a mesh configuration, when there is one. */
  readonly meshConfig?: MeshConfig;
  /** DNS domain of a `mesh.yaml`, when there is one. */
  readonly domain?: string;
  /** About files as a whole, and what the mesh configuration says. */
  readonly issues: readonly Issue[];
};

/** Reads files of configuration; objects are decoded and not judged. Objects without a namespace get `namespace`. */
export function readFiles(files: readonly InputFile[], namespace: string | undefined): FilesContent {
  const contents = files.map((file) => readFile(file, namespace));
  const meshConfig = contents.find((each) => each.meshConfig)?.meshConfig;
  const domain = contents.find((each) => each.domain)?.domain;
  return {
    parsed: contents.flatMap(({ parsed }) => parsed),
    issues: contents.flatMap(({ issues }) => issues),
    ...(meshConfig && { meshConfig }),
    ...(domain && { domain }),
  };
}

function readFile(file: InputFile, namespace: string | undefined): FilesContent {
  switch (configFileKind(file)) {
    case 'mesh':
      return readMesh(file);
    case 'mesh-config':
      return readMeshConfig(file);
    case 'objects': {
      const options = {
        file: file.path,
        native: 'decode',
        ...(namespace && { defaultNamespace: namespace }),
      } as const;
      return { parsed: parseDocuments(file.text, options).parsed, issues: [] };
    }
  }
}

function readMesh({ path, text }: InputFile): FilesContent {
  const read = readMeshFile(text);
  if (!read.ok) return { parsed: [], issues: meshFileIssues(read, path) };
  return { parsed: meshObjects(read.mesh, path), domain: read.mesh.domain, issues: [] };
}

/** Reads a file that is a mesh configuration. */
export function readMeshConfig({ path, text }: InputFile): FilesContent {
  const { object, issues } = parseMeshConfig(text, { file: path });
  return { parsed: [], issues, ...(object && { meshConfig: object.spec }) };
}
