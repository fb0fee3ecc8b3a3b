import type { ConfigObject } from '@quintet/model';
import { resourceName, toResource } from '../resource.ts';
import {
  addContent,
  type ContentSum,
  contentOf,
  EMPTY_CONTENT,
  removeContent,
  versionOf,
} from './content-sum.ts';
import { encodeResource } from './encode.ts';
import { Revision } from './revision.ts';

/** One resource as it is handed out. */
export type SnapshotResource = {
  readonly name: string;
  readonly version: string;
  /** As a part of a response, see `encodeResponse`. Made when it is asked for first, and kept. */
  readonly encoded: Uint8Array;
  /** What it adds to the version of its collection. */
  readonly content: ContentSum;
};

/** What changes in one collection, by name. */
export type CollectionUpdate = {
  readonly put: ReadonlyMap<string, ConfigObject>;
  readonly removed: Iterable<string>;
};

/** The resources of one collection and its newest revision: changed in place, so that a change costs what it changes. */
export class Collection {
  readonly name: string;
  readonly #resources = new Map<string, SnapshotResource>();
  #sum = EMPTY_CONTENT;
  #revision = new Revision(0, versionOf(EMPTY_CONTENT));

  constructor(name: string) {
    this.name = name;
  }

  /** By name, in no order; always the newest. */
  get resources(): ReadonlyMap<string, SnapshotResource> {
    return this.#resources;
  }

  get revision(): Revision {
    return this.#revision;
  }

  /** Takes over what is different; returns whether anything was. */
  update({ put, removed }: CollectionUpdate): boolean {
    const touched = new Set<string>();
    for (const name of removed) {
      if (!put.has(name) && this.#remove(name)) touched.add(name);
    }
    for (const [name, object] of put) {
      if (this.#put(name, object)) touched.add(name);
    }
    if (touched.size === 0) return false;
    this.#revision = this.#revision.next(versionOf(this.#sum), touched);
    return true;
  }

  #remove(name: string): boolean {
    const resource = this.#resources.get(name);
    if (resource === undefined) return false;
    this.#resources.delete(name);
    this.#sum = removeContent(this.#sum, resource.content);
    return true;
  }

  #put(name: string, object: ConfigObject): boolean {
    const { version } = object;
    const before = this.#resources.get(name);
    if (before?.version === version) return false;
    const content = contentOf({ name, version });
    this.#resources.set(name, new Resource(name, object, content));
    this.#sum = addContent(before ? removeContent(this.#sum, before.content) : this.#sum, content);
    return true;
  }
}

/** Most of a first set would be encoded long before a sink asks, and some of it never: it is done when one does. */
class Resource implements SnapshotResource {
  readonly name: string;
  readonly version: string;
  readonly content: ContentSum;
  #source: ConfigObject | Uint8Array;

  constructor(name: string, object: ConfigObject, content: ContentSum) {
    this.name = name;
    this.version = object.version;
    this.content = content;
    this.#source = object;
  }

  get encoded(): Uint8Array {
    if (!(this.#source instanceof Uint8Array)) this.#source = encodeResource(toResource(this.#source));
    return this.#source;
  }
}

/** Objects of one collection by their names. Throws for a name that comes twice: a bug. */
export function byName(objects: Iterable<ConfigObject>): Map<string, ConfigObject> {
  const named = new Map<string, ConfigObject>();
  for (const object of objects) {
    const name = resourceName(object);
    if (named.has(name)) throw new TypeError(`${object.collection} ${name} is published twice`);
    named.set(name, object);
  }
  return named;
}
