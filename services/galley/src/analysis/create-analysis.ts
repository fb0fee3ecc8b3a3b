import type { EventPublisher } from '@quintet/bus';
import { MIXER_ANALYZER } from '@quintet/expr';
import { ANALYZERS_OF_CHECKED, analyzeInSteps, type Issue } from '@quintet/model';
import type { Clock, Component, DebugPage, Log, ValuesOf } from '@quintet/runtime';
import type { CONFIG } from '../config.ts';
import type { GalleyMetrics } from '../metrics.ts';
import type { Sources } from '../source/sources.ts';
import type { ConfigStore } from '../store/config-store.ts';
import type { StoreChange } from '../store/entry.ts';
import type { SourceBatch } from '../store/source.ts';
import { type AnalysisSteps, createAnalysisRuns } from './analysis-runs.ts';
import { analysisPage } from './debug-page.ts';
import { createFindings } from './findings.ts';
import { ANALYSED_KINDS, heldWorld } from './held-world.ts';

export type AnalysisOptions = {
  readonly config: Pick<
    ValuesOf<(typeof CONFIG)['options']>,
    | 'enableAnalysis'
    | 'analysisQuietPeriod'
    | 'analysisMaxWait'
    | 'meshConfigFile'
    | 'excludedResourceKinds'
    | 'domain'
  >;
  readonly store: Pick<ConfigStore, 'entries' | 'native' | 'missing'>;
  /** In the order of precedence. Those of other clusters come later. */
  readonly sources: Pick<Sources, 'all' | 'kube'>;
  /** Writes findings into the status of the objects that they are about. */
  readonly analysed: (findings: readonly Issue[]) => void;
  readonly events: EventPublisher;
  readonly metrics: GalleyMetrics;
  readonly clock: Clock;
  readonly log: Log;
};

/** The analysis of everything that galley holds, if a flag asks for it. */
export type Analysis = {
  readonly components: readonly Component[];
  readonly pages: readonly DebugPage[];
  /** To be called with every batch and what the store has made of it. Returns at once. */
  readonly taken: (batch: SourceBatch, change: StoreChange) => void;
};

/** Puts the analysis together: nothing unless a flag asks for it. */
export function createAnalysis(options: AnalysisOptions): Analysis {
  const { config, store, analysed, events, metrics, clock } = options;
  if (!config.enableAnalysis) return { components: [], pages: [], taken: () => undefined };
  const log = options.log.child({ component: 'analysis' });
  const findings = createFindings({ onChange: analysed, events, metrics, log });
  const sources = new Set(options.sources.all.map(({ name }) => name));
  const complete = options.sources.kube !== undefined && config.excludedResourceKinds.length === 0;
  const meshConfigWritten = config.meshConfigFile !== undefined;
  const steps = function* (): AnalysisSteps {
    const world = heldWorld({
      ...{ store, sources, meshConfigWritten, complete },
      ...{ domain: config.domain, now: clock.now() },
    });
    yield;
    return yield* analyzeInSteps(world, { analyzers: ANALYZERS_OF_CHECKED, alsoAnalyze: [MIXER_ANALYZER] });
  };
  const runs = createAnalysisRuns({
    begin: () => (store.missing() === undefined ? steps() : undefined),
    onRun: findings.take,
    quietMs: config.analysisQuietPeriod,
    maxMs: config.analysisMaxWait,
    ...{ clock, log },
  });
  return {
    components: [runs],
    pages: [analysisPage(findings)],
    taken({ source }, change) {
      sources.add(source);
      if (concerns(change)) runs.changed();
    },
  };
}

/** Derived objects change with what they are made of. */
function concerns({ first, told, native }: StoreChange): boolean {
  const analysed = native.some(({ before, after }) => {
    const object = after ?? before;
    return object !== undefined && ANALYSED_KINDS.has(object.kind);
  });
  return first || told.length > 0 || analysed;
}
