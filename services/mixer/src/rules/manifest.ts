import { type AttributeManifest, mergeAttributeManifests } from '@quintet/expr';
import { type ConfigObject, type Issue, issueFromFinding } from '@quintet/model';
import type { AttributeManifest as ManifestSpec } from '@quintet/proto/istio/policy/v1beta1/rule_pb.js';

/** The attributes that expressions may name, with what is wrong with their declarations. */
export function buildManifest(objects: readonly ConfigObject<ManifestSpec>[]): {
  readonly manifest: AttributeManifest;
  readonly issues: readonly Issue[];
} {
  const { manifest, findings } = mergeAttributeManifests(objects);
  const issues = findings.map(({ object, finding }) => {
    const { kind, namespace, name, origin } = object;
    return issueFromFinding(finding, { resource: { kind, namespace, name }, ...(origin && { origin }) });
  });
  return { manifest, issues };
}
