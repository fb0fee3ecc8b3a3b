import { isMessage } from '@bufbuild/protobuf';
import { type MeshConfig, MeshConfigSchema } from '@quintet/proto/istio/mesh/v1alpha1/mesh_config_pb.js';
import { asDuplicate, resourceKey } from '../../decode/documents.ts';
import { parseMeshConfigMap } from '../../decode/mesh-config-map.ts';
import type { ParsedObject } from '../../decode/object.ts';
import { DEFAULT_DOMAIN } from '../../hosts.ts';
import type { Issue } from '../../issue.ts';
import { MESH_CONFIG } from '../../kinds/mesh.ts';
import { meshConfigWithDefaults } from '../../mesh-config.ts';
import type { AnalysisWorld, AnalyzedObject } from './analysis-world.ts';

/** What one source holds: some files, or a cluster. */
export type WorldSource = {
  readonly parsed: readonly ParsedObject[];
  /** Read from a cluster in whole: what is not in it does not exist. */
  readonly complete: boolean;
};

export type AssembleOptions = {
  /** The first source that has an object of a name counts: files come before the cluster. */
  readonly sources: readonly WorldSource[];
  /** The mesh configuration of a file; absent: the ConfigMap `istio` of the sources, else the defaults. */
  readonly meshConfig?: MeshConfig;
  readonly domain?: string;
  /** The time of the analysis, milliseconds since 1970. */
  readonly now: number;
};

/**
 * Puts what several sources hold into one world. The issues are those of reading: documents that could not be
 * decoded, mistakes in the mesh configuration of a ConfigMap, and objects that stand twice in one source. That a later
 * source has an object too is no mistake.
 */
export function assembleWorld(options: AssembleOptions): {
  readonly world: AnalysisWorld;
  readonly issues: readonly Issue[];
} {
  const issues: Issue[] = [];
  const counting = new Map<string, ParsedObject>();
  for (const source of options.sources) {
    for (const [key, parsed] of withoutDuplicates(source, issues)) {
      if (counting.has(key)) continue;
      counting.set(key, parsed);
      issues.push(...parsed.issues);
    }
  }
  const objects = [...counting.values()];
  const native = objects.flatMap((each) => each.native ?? []);
  const maps = objects.flatMap((each) => parseMeshConfigMap(each) ?? []);
  // What is not realised of a mesh configuration is told of a file that is checked, not of every installation.
  issues.push(...maps.flatMap((map) => map.issues.filter(({ code }) => code !== 'QTT2001')));
  const ofMap = maps.find(({ meshConfig }) => meshConfig !== undefined)?.meshConfig;
  const written = options.meshConfig ?? meshConfigOf(objects) ?? ofMap;
  const places = new Map(objects.flatMap(placeOf));
  return {
    world: {
      objects: objects.flatMap((each) => each.object ?? []),
      native,
      meshConfig: written ?? meshConfigWithDefaults(),
      meshConfigWritten: written !== undefined,
      domain: options.domain ?? DEFAULT_DOMAIN,
      unreadable: new Set(
        [...counting].filter(([, each]) => !each.object && !each.native).map(([key]) => key),
      ),
      complete: options.sources.some(({ complete }) => complete),
      now: options.now,
      lineOf: (object, path) => places.get(object)?.lineOf(path) ?? object.origin?.line ?? 0,
    },
    issues,
  };
}

/** The objects of a source by name. What could not even be named has nothing but its issues. */
function withoutDuplicates(source: WorldSource, issues: Issue[]): ReadonlyMap<string, ParsedObject> {
  const first = new Map<string, ParsedObject>();
  for (const parsed of source.parsed) {
    const { resource } = parsed;
    if (resource === undefined) {
      issues.push(...parsed.issues);
      continue;
    }
    const key = resourceKey(resource);
    const earlier = first.get(key);
    if (earlier === undefined) first.set(key, parsed);
    else if (isRepeated(parsed)) issues.push(...parsed.issues);
    else issues.push(...asDuplicate(parsed, resource, earlier).issues);
  }
  return first;
}

/** True for what was found to stand twice when its file was read. */
function isRepeated({ issues }: ParsedObject): boolean {
  return issues.some(({ code }) => code === 'QTT1004');
}

function placeOf(parsed: ParsedObject): [AnalyzedObject, ParsedObject][] {
  const object = parsed.object ?? parsed.native;
  return object === undefined ? [] : [[object, parsed]];
}

function meshConfigOf(objects: readonly ParsedObject[]): MeshConfig | undefined {
  const spec = objects.find(({ object }) => object?.kind === MESH_CONFIG.kind)?.object?.spec;
  return spec !== undefined && isMessage(spec, MeshConfigSchema) ? spec : undefined;
}
