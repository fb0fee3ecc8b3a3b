import { type ConfigObject, childPath, compareByAge, type Finding } from '@quintet/model';
import type { AttributeManifest as ManifestSpec } from '@quintet/proto/istio/policy/v1beta1/rule_pb.js';
import { ValueType as WireType } from '@quintet/proto/istio/policy/v1beta1/value_pb.js';
import type { AttributeManifest } from '../manifest.ts';
import { VALUE_TYPES, type ValueType } from '../value.ts';
import { standardManifest } from '../vocabulary.ts';

/**
 * The standard vocabulary and what attributemanifests add to it, oldest first. Who declares a known attribute with
 * another type is told so; the type stays. Attributes without a type are left out: their own validation says so.
 */
export function mergeAttributeManifests(objects: readonly ConfigObject<ManifestSpec>[]): {
  readonly manifest: AttributeManifest;
  readonly findings: readonly { readonly object: ConfigObject<ManifestSpec>; readonly finding: Finding }[];
} {
  const manifest = new Map<string, ValueType>(standardManifest);
  const findings: { object: ConfigObject<ManifestSpec>; finding: Finding }[] = [];
  for (const object of [...objects].sort(compareByAge)) {
    for (const [name, { valueType }] of Object.entries(object.spec.attributes)) {
      const type = VALUE_TYPES.find((candidate) => candidate === WireType[valueType]);
      if (type === undefined) continue;
      const known = manifest.get(name);
      manifest.set(name, known ?? type);
      if (known === undefined || known === type) continue;
      const path = `${childPath('spec.attributes', name)}.valueType`;
      const message = `attribute ${name} is ${known} already, found ${type}`;
      findings.push({ object, finding: { path, message } });
    }
  }
  return { manifest, findings };
}
