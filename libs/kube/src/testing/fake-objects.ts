import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import type { ResourceType } from '../client/resource-type.ts';
import { field, isObject, textOf } from '../json.ts';

/** What a fake API server serves. */
export type FakeType = ResourceType;

/** An object as tests write it: metadata and whatever else. */
export type FakeObject = JsonObject;

/** Something that happened to the objects of a type. */
export type FakeEvent = {
  readonly kind: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: JsonObject;
  readonly version: number;
};

/** A failure in the words of the API server. */
export class FakeFailure extends Error {
  readonly status: number;
  readonly reason: string;

  constructor(status: number, reason: string) {
    super(`${reason} (as the fake was told)`);
    this.status = status;
    this.reason = reason;
  }
}

/** The objects of all types with their history, as etcd would keep them. */
export class FakeObjects {
  #version = 10;
  #oldest = 0;
  readonly #log: (FakeEvent & { readonly plural: string })[] = [];
  readonly #now = new Map<string, Map<string, JsonObject>>();

  get version(): number {
    return this.#version;
  }

  /** Forgets everything older than the present, as a compaction does. */
  compact(): void {
    this.#oldest = this.#version;
  }

  /** A change elsewhere: time goes on. */
  tick(): number {
    this.#version += 1;
    return this.#version;
  }

  /** The events of a type after a version; fails when that is forgotten. */
  since(plural: string, version: number): readonly FakeEvent[] {
    if (version < this.#oldest) throw new FakeFailure(410, 'Expired');
    return this.#log.filter((event) => event.plural === plural && event.version > version);
  }

  /** The objects of a type at a version. */
  at(plural: string, version: number): readonly JsonObject[] {
    if (version < this.#oldest) throw new FakeFailure(410, 'Expired');
    const objects = new Map<string, JsonObject>();
    for (const event of this.#log) {
      if (event.plural !== plural || event.version > version) continue;
      if (event.kind === 'DELETED') objects.delete(keyOf(event.object));
      else objects.set(keyOf(event.object), event.object);
    }
    return [...objects].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object);
  }

  get(plural: string, key: string): JsonObject {
    const found = this.#now.get(plural)?.get(key);
    if (found === undefined) throw new FakeFailure(404, 'NotFound');
    return found;
  }

  /** Names and versions of a type. */
  versions(plural: string): Map<string, string> {
    const entries = [...(this.#now.get(plural) ?? [])];
    return new Map(
      entries.map(([key, object]) => [key, textOf(field(object, 'metadata'), 'resourceVersion')]),
    );
  }

  create(plural: string, object: JsonObject): FakeEvent {
    if (this.#now.get(plural)?.has(keyOf(object))) throw new FakeFailure(409, 'AlreadyExists');
    return this.#write(plural, object, 'ADDED');
  }

  update(plural: string, object: JsonObject): FakeEvent {
    const before = this.get(plural, keyOf(object));
    const asked = textOf(field(object, 'metadata'), 'resourceVersion');
    if (asked !== '' && asked !== textOf(field(before, 'metadata'), 'resourceVersion')) {
      throw new FakeFailure(409, 'Conflict');
    }
    return this.#write(plural, object, 'MODIFIED');
  }

  /** Creates or updates, whatever the version. */
  put(plural: string, object: JsonObject): FakeEvent {
    const exists = this.#now.get(plural)?.has(keyOf(object)) === true;
    return this.#write(plural, object, exists ? 'MODIFIED' : 'ADDED');
  }

  merge(plural: string, key: string, patch: JsonValue): FakeEvent {
    const merged = mergePatch(this.get(plural, key), patch);
    if (!isObject(merged)) throw new FakeFailure(422, 'Invalid');
    return this.update(plural, merged);
  }

  remove(plural: string, key: string): FakeEvent {
    return this.#write(plural, this.get(plural, key), 'DELETED');
  }

  #write(plural: string, object: JsonObject, kind: FakeEvent['kind']): FakeEvent {
    const version = this.tick();
    const metadata = field(object, 'metadata');
    const stored = structuredClone({
      ...object,
      metadata: {
        uid: `uid-${keyOf(object)}`,
        ...(isObject(metadata) && metadata),
        resourceVersion: `${version}`,
      },
    });
    const objects = this.#now.get(plural) ?? new Map<string, JsonObject>();
    this.#now.set(plural, objects);
    if (kind === 'DELETED') objects.delete(keyOf(stored));
    else objects.set(keyOf(stored), stored);
    const event = { kind, object: stored, version, plural };
    this.#log.push(event);
    return event;
  }
}

/** `namespace/name`, or `name`. */
export function keyOf(object: JsonObject): string {
  const metadata = field(object, 'metadata');
  const namespace = textOf(metadata, 'namespace');
  return namespace === '' ? textOf(metadata, 'name') : `${namespace}/${textOf(metadata, 'name')}`;
}

/** RFC 7396. */
function mergePatch(target: JsonValue | undefined, patch: JsonValue): JsonValue {
  if (!isObject(patch)) return patch;
  const merged: JsonObject = isObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else merged[key] = mergePatch(merged[key], value);
  }
  return merged;
}
