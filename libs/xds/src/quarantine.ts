import type { WireResource } from './wire-set.ts';

/**
 * What one client refused of one type. A resource is refused in one version: a new version is tried again.
 * While it is not known which of several resources a client refused, they are suspects: they are sent again in
 * groups, each half of the one that was refused, until the culprit stands alone.
 */
export class Quarantine {
  readonly #refused = new Map<string, { readonly version: string; readonly error: string }>();
  readonly #suspects = new Map<string, string>();
  #groups: readonly (readonly string[])[] = [];

  /** Why the client does not take this version; nothing when it was not refused. */
  refusal(resource: WireResource): string | undefined {
    const refused = this.#refused.get(resource.name);
    return refused?.version === resource.version ? refused.error : undefined;
  }

  isSuspect(resource: WireResource): boolean {
    return this.#suspects.get(resource.name) === resource.version;
  }

  refuse(resource: WireResource, error: string): void {
    this.#suspects.delete(resource.name);
    this.#refused.set(resource.name, { version: resource.version, error });
  }

  /** One of these was refused, and it is not known which. They are to be tried before other suspects. */
  suspect(resources: readonly WireResource[]): void {
    for (const { name, version } of resources) this.#suspects.set(name, version);
    const half = Math.ceil(resources.length / 2);
    const names = resources.map(({ name }) => name);
    const groups = [names.slice(0, half), names.slice(half)].filter((group) => group.length > 0);
    this.#groups = [...groups, ...this.#groups];
  }

  /** The client took these. */
  clear(resources: readonly WireResource[]): void {
    for (const { name, version } of resources) {
      if (this.#suspects.get(name) === version) this.#suspects.delete(name);
      if (this.#refused.get(name)?.version !== version) this.#refused.delete(name);
    }
  }

  /** The next group of suspects to try, as far as they are still wanted in the suspected version. */
  nextTrial(wanted: ReadonlyMap<string, WireResource>): readonly WireResource[] {
    while (this.#groups.length > 0) {
      const [group = [], ...rest] = this.#groups;
      this.#groups = rest;
      const trial = group
        .map((name) => wanted.get(name))
        .filter((resource) => resource !== undefined)
        .filter((resource) => this.isSuspect(resource));
      if (trial.length > 0) return trial;
    }
    this.#suspects.clear();
    return [];
  }

  hasTrials(): boolean {
    return this.#groups.length > 0;
  }

  /** The client begins anew. */
  reset(): void {
    this.#refused.clear();
    this.#suspects.clear();
    this.#groups = [];
  }
}
