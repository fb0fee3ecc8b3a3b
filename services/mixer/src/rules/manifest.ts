import { type AttributeManifest, standardManifest, VALUE_TYPES, type ValueType } from '@quintet/expr';
import { type ConfigObject, compareByAge, type Issue } from '@quintet/model';
import type { AttributeManifest as ManifestSpec } from '@quintet/proto/istio/policy/v1beta1/rule_pb.js';
import { ValueType as WireType } from '@quintet/proto/istio/policy/v1beta1/value_pb.js';
import { issueAt } from './issues.ts';

/**
 * The standard vocabulary and what attributemanifests add to it, oldest first. Who declares a known attribute with
 * another type is told so; the type stays.
 */
export function buildManifest(objects: readonly ConfigObject<ManifestSpec>[]): {
  readonly manifest: AttributeManifest;
  readonly issues: readonly Issue[];
} {
  const manifest = new Map<string, ValueType>(standardManifest);
  const issues: Issue[] = [];
  for (const object of [...objects].sort(compareByAge)) {
    for (const [name, info] of Object.entries(object.spec.attributes)) {
      const path = `attributes[${name}]`;
      const type = VALUE_TYPES.find((known) => known === WireType[info.valueType]);
      const known = manifest.get(name);
      if (type === undefined) {
        issues.push(issueAt(object, { path: `${path}.valueType`, message: 'expected a value type' }));
      } else if (known !== undefined && known !== type) {
        const message = `attribute ${name} is ${known} already, found ${type}`;
        issues.push(issueAt(object, { path: `${path}.valueType`, message }));
      } else {
        manifest.set(name, type);
      }
    }
  }
  return { manifest, issues };
}
