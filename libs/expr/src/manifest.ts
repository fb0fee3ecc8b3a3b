import type { ValueType } from './value.ts';

/** The attributes that expressions may name, with their types. */
export type AttributeManifest = ReadonlyMap<string, ValueType>;

/**
 * The union of manifests, earlier ones first. An attribute declared twice with one type is fine; with another type it
 * keeps its first type and stands in `conflicts`.
 */
export function mergeManifests(manifests: readonly AttributeManifest[]): {
  readonly manifest: AttributeManifest;
  readonly conflicts: readonly {
    readonly name: string;
    readonly kept: ValueType;
    readonly refused: ValueType;
  }[];
} {
  const merged = new Map<string, ValueType>();
  const conflicts: { name: string; kept: ValueType; refused: ValueType }[] = [];
  for (const manifest of manifests) {
    for (const [name, type] of manifest) {
      const kept = merged.get(name);
      if (kept === undefined) merged.set(name, type);
      else if (kept !== type) conflicts.push({ name, kept, refused: type });
    }
  }
  return { manifest: merged, conflicts };
}
