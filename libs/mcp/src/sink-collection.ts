import type { ConfigObject } from '@quintet/model';
import type { Resources } from '@quintet/proto/istio/mcp/v1alpha1/mcp_pb.js';
import { isPartVersion } from './part-version.ts';
import { resourceName } from './resource.ts';
import type { StoredCollection } from './stored/content.ts';

/** A change of one collection, to be applied as a whole. */
export type CollectionChange = {
  readonly collection: string;
  /** The version of the source's snapshot. */
  readonly version: string;
  /** True when `updated` is everything there is: what is not in it is gone. */
  readonly full: boolean;
  /** Objects that are new or changed. */
  readonly updated: readonly ConfigObject[];
  /** Names (`namespace/name`, or `name`) that are gone. Empty when `full`. */
  readonly removed: readonly string[];
};

/** A response read: its objects by name. */
export type ReadResponse = {
  readonly response: Resources;
  readonly objects: ReadonlyMap<string, ConfigObject>;
};

/** What a response means, before anything is kept of it. */
export type SinkStep = {
  /** Absent when the response is a part, and more belongs to it. */
  readonly change?: CollectionChange;
  /** Keeps the response as acknowledged; to be called when the change, if there is one, was applied. */
  commit(): void;
};

/** What a sink knows about one collection: changed in place, so that a response costs what it holds. */
export class SinkCollection {
  /** What it has told the source that it has: version by name. */
  readonly #acknowledged = new Map<string, string>();
  /** Changes that were acknowledged and wait for the rest of their snapshot: undefined for what is gone. */
  readonly #staged = new Map<string, ConfigObject | undefined>();
  #synced = false;
  #version = '';

  /** False until the first whole snapshot was applied. */
  get synced(): boolean {
    return this.#synced;
  }

  /** Of the snapshot that was applied last; empty before the first. */
  get version(): string {
    return this.#version;
  }

  /** What to tell a source at the opening of a stream. */
  get acknowledged(): ReadonlyMap<string, string> {
    return this.#acknowledged;
  }

  /** Says what a response means. A full set replaces everything, parts that wait included. */
  take({ response, objects }: ReadResponse): SinkStep {
    const { collection, systemVersionInfo: version, removedResources } = response;
    if (!response.incremental) {
      const change = { collection, version, full: true, updated: [...objects.values()], removed: [] };
      return { change, commit: () => this.#replace(version, objects) };
    }
    if (isPartVersion(version)) {
      return { commit: () => this.#keep(response, objects, this.#staged) };
    }
    const whole = new Map(this.#staged);
    for (const name of removedResources) whole.set(name, undefined);
    for (const [name, object] of objects) whole.set(name, object);
    const commit = () => {
      this.#keep(response, objects);
      this.#applied(version);
    };
    return { change: { collection, version, full: false, ...split(whole) }, commit };
  }

  /** What is known without a source: the next stream says that the sink has it. */
  seed({ version, objects }: Omit<StoredCollection, 'collection'>): void {
    this.#replace(version, new Map(objects.map((object) => [resourceName(object), object])));
  }

  #replace(version: string, objects: ReadonlyMap<string, ConfigObject>): void {
    this.#acknowledged.clear();
    for (const [name, object] of objects) this.#acknowledged.set(name, object.version);
    this.#applied(version);
  }

  #keep(
    { removedResources }: Resources,
    objects: ReadonlyMap<string, ConfigObject>,
    staged?: Map<string, ConfigObject | undefined>,
  ): void {
    for (const name of removedResources) {
      this.#acknowledged.delete(name);
      staged?.set(name, undefined);
    }
    for (const [name, object] of objects) {
      this.#acknowledged.set(name, object.version);
      staged?.set(name, object);
    }
  }

  #applied(version: string): void {
    this.#staged.clear();
    this.#synced = true;
    this.#version = version;
  }
}

function split(changes: ReadonlyMap<string, ConfigObject | undefined>) {
  const updated: ConfigObject[] = [];
  const removed: string[] = [];
  for (const [name, object] of changes) {
    if (object === undefined) removed.push(name);
    else updated.push(object);
  }
  return { updated, removed };
}
