import type { JsonObject } from '@bufbuild/protobuf';
import { StructSchema } from '@bufbuild/protobuf/wkt';
import {
  ADAPTER,
  ATTRIBUTE_MANIFEST,
  type ConfigObject,
  type Finding,
  HANDLER,
  INSTANCE,
  isOfSchema,
  resourceKey,
  TEMPLATE,
} from '@quintet/model';
import type { AttributeManifest as ManifestSpec } from '@quintet/proto/istio/policy/v1beta1/rule_pb.js';
import type { AttributeManifest } from '../manifest.ts';
import type { MixerAdapter } from './adapter.ts';
import { adapterOfLegacyKind, CLASSIC_ADAPTERS } from './classic-adapters.ts';
import { CLASSIC_TEMPLATES } from './classic-templates.ts';
import { readAdapterParams } from './external-adapter.ts';
import { readTemplate } from './external-template.ts';
import { mergeAttributeManifests } from './merge-manifests.ts';
import { structOf } from './object-findings.ts';
import { parseReference } from './references.ts';
import type { MixerTemplate } from './template.ts';

/** A handler as rules see it; without an adapter when its own is missing or wrong. */
export type KnownHandler = { readonly adapter: MixerAdapter | undefined };

/** An instance as rules see it; without a template when its own is missing or wrong. */
export type KnownInstance = { readonly template: MixerTemplate | undefined };

/** Something that a reference leads to; `undefined` in its place means that the reference leads nowhere. */
export type Lookup<T> = (reference: string, namespace: string) => T | undefined;

/** All of mixer's configuration, in the form that references ask it. */
export type MixerWorld = {
  readonly manifest: AttributeManifest;
  /** False when a manifest cannot be read: then there may be further attributes. */
  readonly allAttributes: boolean;
  /** What a manifest declares otherwise than older ones do; one that is not of the world, otherwise than any other. */
  readonly contradictions: (object: ConfigObject<ManifestSpec>) => readonly Finding[];
  readonly handler: Lookup<KnownHandler>;
  readonly instance: Lookup<KnownInstance>;
  /** Adapters and templates of other processes; those whose schema cannot be read are known and of no use. */
  readonly adapter: Lookup<{ readonly usable: MixerAdapter | undefined }>;
  readonly template: Lookup<{ readonly usable: MixerTemplate | undefined }>;
  /** Which kinds of objects there are any of. */
  readonly has: Readonly<Record<'handlers' | 'instances' | 'adapters' | 'templates', boolean>>;
};

/**
 * Makes the world of objects in any order; those of other kinds are left out. Cheap: schemas are read when asked for.
 * `unreadable` are objects, by `resourceKey`, that are there and of which nothing else is known.
 */
export function mixerWorld(
  objects: Iterable<ConfigObject>,
  unreadable: ReadonlySet<string> = new Set(),
): MixerWorld {
  const byName = new Map<string, ConfigObject>();
  const manifests: ConfigObject<ManifestSpec>[] = [];
  for (const object of objects) {
    if (!object.collection.startsWith('istio/policy/') && !object.collection.startsWith('istio/config/'))
      continue;
    if (isOfSchema(object, ATTRIBUTE_MANIFEST.schema)) manifests.push(object);
    byName.set(resourceKey(object), object);
  }
  const { manifest, findings } = mergeAttributeManifests(manifests);
  const contradictions = Map.groupBy(findings, ({ object }) => object);
  const known = { byName, unreadable };
  const template: MixerWorld['template'] = found(known, {
    kind: TEMPLATE.kind,
    make: (object) => ({ usable: templateOf(object) }),
    unread: { usable: undefined },
  });
  const adapter: MixerWorld['adapter'] = found(known, {
    kind: ADAPTER.kind,
    make: (object) => ({ usable: adapterOf(object, template) }),
    unread: { usable: undefined },
  });
  const kinds = new Set([
    ...[...byName.values()].map(({ kind }) => kind),
    ...[...unreadable].map((key) => key.slice(0, key.indexOf('/'))),
  ]);
  return {
    manifest,
    contradictions: (object) =>
      manifests.includes(object)
        ? (contradictions.get(object) ?? []).map(({ finding }) => finding)
        : contradictionsOf(object, manifests),
    allAttributes: ![...unreadable].some((key) => key.startsWith(`${ATTRIBUTE_MANIFEST.kind}/`)),
    handler: found(known, {
      kind: HANDLER.kind,
      make: (object) => handlerOf(object, adapter),
      unread: { adapter: undefined },
    }),
    instance: found(known, {
      kind: INSTANCE.kind,
      make: (object) => instanceOf(object, template),
      unread: { template: undefined },
    }),
    adapter,
    template,
    has: {
      handlers: kinds.has(HANDLER.kind) || [...kinds].some((kind) => adapterOfLegacyKind(kind) !== undefined),
      instances: kinds.has(INSTANCE.kind) || [...kinds].some((kind) => CLASSIC_TEMPLATES.has(kind)),
      adapters: kinds.has(ADAPTER.kind),
      templates: kinds.has(TEMPLATE.kind),
    },
  };
}

/** An earlier version of itself does not speak against a manifest. */
function contradictionsOf(
  object: ConfigObject<ManifestSpec>,
  manifests: readonly ConfigObject<ManifestSpec>[],
): readonly Finding[] {
  const others = manifests.filter(
    ({ name, namespace }) => name !== object.name || namespace !== object.namespace,
  );
  const youngest = { ...object, createTime: Number.POSITIVE_INFINITY };
  const { findings } = mergeAttributeManifests([...others, youngest]);
  return findings.flatMap((found) => (found.object === youngest ? [found.finding] : []));
}

type Known = {
  readonly byName: ReadonlyMap<string, ConfigObject>;
  readonly unreadable: ReadonlySet<string>;
};

type Search<T> = {
  readonly kind: string;
  /** Undefined for an object of a kind that is not looked for. */
  readonly make: (object: ConfigObject) => T | undefined;
  /** Stands for an object that cannot be read. */
  readonly unread: T;
};

/**
 * Follows references to objects of `kind`, or of the kind that a reference names. One that names a kind of the first API
 * finds an object of today's kind too: configuration was moved without its references.
 */
function found<T>({ byName, unreadable }: Known, { kind, make, unread }: Search<T>): Lookup<T> {
  const made = new Map<ConfigObject, T | undefined>();
  return (text, home) => {
    const reference = parseReference(text, home);
    if (reference === undefined) return undefined;
    const { name, namespace } = reference;
    for (const each of new Set([reference.kind ?? kind, kind])) {
      const key = resourceKey({ kind: each, namespace, name });
      if (unreadable.has(key)) return unread;
      const object = byName.get(key);
      if (object === undefined) continue;
      if (!made.has(object)) made.set(object, make(object));
      const value = made.get(object);
      if (value !== undefined) return value;
    }
    return undefined;
  };
}

/** Undefined for an object that is no handler. */
function handlerOf(object: ConfigObject, adapters: MixerWorld['adapter']): KnownHandler | undefined {
  if (isOfSchema(object, HANDLER.schema)) {
    const { compiledAdapter, adapter } = object.spec;
    if (compiledAdapter !== '') return { adapter: CLASSIC_ADAPTERS.get(compiledAdapter) };
    return { adapter: adapters(adapter, object.namespace)?.usable };
  }
  const adapter = adapterOfLegacyKind(object.kind);
  return adapter === undefined ? undefined : { adapter };
}

/** Undefined for an object that is no instance. */
function instanceOf(object: ConfigObject, templates: MixerWorld['template']): KnownInstance | undefined {
  if (isOfSchema(object, INSTANCE.schema)) {
    const { compiledTemplate, template } = object.spec;
    if (compiledTemplate !== '') return { template: CLASSIC_TEMPLATES.get(compiledTemplate) };
    return { template: templates(template, object.namespace)?.usable };
  }
  const template = CLASSIC_TEMPLATES.get(object.kind);
  return template === undefined ? undefined : { template };
}

const templatesRead = new WeakMap<ConfigObject, MixerTemplate | undefined>();

function templateOf(object: ConfigObject): MixerTemplate | undefined {
  if (!isOfSchema(object, StructSchema)) return undefined;
  if (!templatesRead.has(object)) {
    const read = readTemplate(textOf(structOf(object), 'descriptor'));
    templatesRead.set(object, read.ok ? read.value : undefined);
  }
  return templatesRead.get(object);
}

const paramsRead = new WeakMap<ConfigObject, ReturnType<typeof readAdapterParams>>();

function adapterOf(object: ConfigObject, templates: MixerWorld['template']): MixerAdapter | undefined {
  const spec = structOf(object);
  const params = paramsRead.get(object) ?? readAdapterParams(textOf(spec, 'config'));
  paramsRead.set(object, params);
  if (!params.ok) return undefined;
  return {
    name: object.name,
    templates: templateNames(spec).map(
      (name) => templates(name, object.namespace)?.usable?.name ?? name.split('.')[0] ?? name,
    ),
    ...(params.value !== undefined && { params: params.value }),
    problems: () => [],
  };
}

/** The names of the templates that an adapter object lists. */
export function templateNames(spec: JsonObject): readonly string[] {
  const { templates } = spec;
  return Array.isArray(templates) ? templates.filter((name) => typeof name === 'string') : [];
}

function textOf(spec: JsonObject, field: string): string {
  const value = spec[field];
  return typeof value === 'string' ? value : '';
}
