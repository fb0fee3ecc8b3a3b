import type { MeshConfig } from '@quintet/proto/istio/mesh/v1alpha1/mesh_config_pb.js';
import type { ConfigObject } from '../config-object.ts';
import { makeConfigObject } from '../config-object-make.ts';
import type { Issue, Origin } from '../issue.ts';
import { issueFromFinding } from '../issue-from-finding.ts';
import { MESH_CONFIG, MESH_CONFIG_NAME } from '../kinds/mesh.ts';
import { meshConfigWithDefaults } from '../mesh-config.ts';
import { unrealised } from '../realised/unrealised.ts';
import { DEFAULT_READ_LIMITS } from './limits.ts';
import { lineOf } from './located.ts';
import { decodeMessage } from './message.ts';
import { readYamlDocuments } from './yaml.ts';

/** The mesh configuration of a file, if it has no error, and everything there is to say about it. */
export type ParsedMeshConfig = {
  readonly object?: ConfigObject<MeshConfig>;
  readonly issues: readonly Issue[];
};

/**
 * Reads a mesh configuration file: one document with the fields of MeshConfig, as in the ConfigMap `istio`. What is
 * not written has the classic default; an empty file is the defaults.
 */
export function parseMeshConfig(text: string, options: { readonly file: string }): ParsedMeshConfig {
  const resource = { kind: MESH_CONFIG.kind, ...MESH_CONFIG_NAME };
  const [document, second] = readYamlDocuments(text, DEFAULT_READ_LIMITS);
  const origin: Origin = { file: options.file, line: document?.line ?? 1 };
  const unreadable = [...(document?.problems ?? [])];
  if (second !== undefined)
    unreadable.push({ line: second.line, message: 'expected one document, found a second one' });
  if (unreadable.length > 0) {
    const issues = unreadable.map(({ line, message }) =>
      issueFromFinding({ code: 'QTT1001', path: '', line, message }, { resource, origin }),
    );
    return { issues };
  }
  const root = document?.root ?? { kind: 'map', entries: new Map(), line: 1 };
  const decoded = decodeMessage(MESH_CONFIG.schema, root, { path: '', onto: meshConfigWithDefaults() });
  const object = makeConfigObject({ kind: MESH_CONFIG, ...MESH_CONFIG_NAME, spec: decoded.message, origin });
  const at = (issue: Issue): Issue => ({ ...issue, origin: { ...origin, line: lineOf(root, issue.path) } });
  const issues =
    decoded.findings.length > 0
      ? decoded.findings.map((finding) => issueFromFinding(finding, { resource, origin }))
      : [
          ...MESH_CONFIG.validate(object).map((finding) => issueFromFinding(finding, { resource, origin })),
          ...unrealised(object),
        ].map(at);
  return issues.some((issue) => issue.severity === 'error') ? { issues } : { object, issues };
}
