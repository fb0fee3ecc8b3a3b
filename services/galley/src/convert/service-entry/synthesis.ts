import { isDeepStrictEqual } from 'node:util';
import type { Issue, NativeChange } from '@quintet/model';
import { type Derived, type DerivedChanges, DerivedObjects } from '../derived.ts';
import { type Contribution, makeEntry } from './make-entry.ts';
import { Registry } from './registry.ts';
import { portIssues } from './service-facts.ts';
import type { SynthesisSettings } from './settings.ts';

/**
 * Turns Services, their endpoints, Pods and Nodes of any number of sources into service entries, one for each Service
 * name; a Service that several clusters have is one entry with the endpoints of all.
 */
export type ServiceSynthesis = {
  /** Takes changes over, at a cost in proportion to what they touch; gives exactly the entries that differ. */
  apply(changes: readonly NativeChange[]): Derived;
  /** Takes other settings over. */
  reconfigure(settings: SynthesisSettings): Derived;
  /** What of Services is left out; the same list until it is another. */
  issues(): readonly Issue[];
};

/** A synthesis that knows no objects yet. */
export function createServiceSynthesis(settings: SynthesisSettings): ServiceSynthesis {
  return new Synthesis(settings);
}

class Synthesis implements ServiceSynthesis {
  #settings: SynthesisSettings;
  /** By name of the source. */
  readonly #registries = new Map<string, Registry>();
  readonly #made = new DerivedObjects();
  /** By service; only those that have some. */
  readonly #issuesOf = new Map<string, readonly Issue[]>();
  #issues: readonly Issue[] = [];

  constructor(settings: SynthesisSettings) {
    this.#settings = settings;
  }

  apply(changes: readonly NativeChange[]): Derived {
    const services = new Set<string>();
    for (const change of changes) {
      for (const service of this.#registry(change.source).apply(change)) services.add(service);
    }
    return this.#make(services);
  }

  reconfigure(settings: SynthesisSettings): Derived {
    if (sameSettings(this.#settings, settings)) return { put: [], removed: [] };
    this.#settings = settings;
    const services = [...this.#registries.values()].flatMap((registry) => registry.reconfigure(settings));
    return this.#make(new Set(services));
  }

  issues(): readonly Issue[] {
    return this.#issues;
  }

  #registry(source: string): Registry {
    const known = this.#registries.get(source);
    if (known !== undefined) return known;
    const registry = new Registry(source, this.#settings);
    this.#registries.set(source, registry);
    return registry;
  }

  #make(services: ReadonlySet<string>): Derived {
    const derived: DerivedChanges = { put: [], removed: [] };
    for (const service of services) {
      const [first, ...others] = this.#contributions(service);
      const entries = first === undefined ? [] : [makeEntry([first, ...others], this.#settings)];
      this.#made.replace(service, entries, derived);
      this.#note(service, first === undefined ? [] : portIssues(first.service));
    }
    return derived;
  }

  #note(service: string, issues: readonly Issue[]): void {
    const before = this.#issuesOf.get(service) ?? [];
    if (isDeepStrictEqual(issues, before)) return;
    if (issues.length === 0) this.#issuesOf.delete(service);
    else this.#issuesOf.set(service, issues);
    this.#issues = [...this.#issuesOf.values()].flat();
  }

  /** What the sources know of a service, in the order of their names: the own cluster before others. */
  #contributions(service: string): Contribution[] {
    return [...this.#registries]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([, registry]) => registry.contribution(service) ?? []);
  }
}

function sameSettings(a: SynthesisSettings, b: SynthesisSettings): boolean {
  const names = a.domain === b.domain && a.clusterId === b.clusterId && a.trustDomain === b.trustDomain;
  return names && a.rootNamespace === b.rootNamespace && a.networks === b.networks;
}
