import { type AnalysisFinding, type Analyzer, found } from '../analyzer.ts';
import { selectWorkloads, type Workload } from '../world/workloads.ts';
import type { WorldIndex } from '../world/world-index.ts';
import { selectorText } from './gateway-ports.ts';
import { fullName } from './mesh-host-conflicts.ts';

/** Sidecars that select nothing, and workloads that several of them select. */
export const sidecarSelectorAnalyzer: Analyzer = {
  name: 'sidecar.SelectorAnalyzer',
  summary: 'Sidecars whose selector selects no workload, or one that another has',
  codes: ['IST0101', 'IST0110'],
  analyze: (index) => [...nothingSelected(index), ...selectedTwice(index)],
};

/** More than one default Sidecar in a namespace. */
export const sidecarDefaultAnalyzer: Analyzer = {
  name: 'sidecar.DefaultSelectorAnalyzer',
  summary: 'Namespaces with several Sidecars without a selector',
  codes: ['IST0111'],
  analyze: ({ sidecars }) => {
    const defaults = sidecars.filter(({ spec }) => spec.workloadSelector === undefined);
    return [...Map.groupBy(defaults, ({ namespace }) => namespace)].flatMap(([namespace, all]) => {
      if (all.length < 2) return [];
      const values = [nameList(all), namespace];
      return all.map((subject) => found('IST0111', { subject, path: 'spec' }, values));
    });
  },
};

type SidecarObject = WorldIndex['sidecars'][number];

function nothingSelected({ sidecars, workloads }: WorldIndex): AnalysisFinding[] {
  return sidecars.flatMap((subject) => {
    const selector = subject.spec.workloadSelector?.labels;
    if (selector === undefined || selectWorkloads(workloads, selector, subject.namespace).length > 0)
      return [];
    const path = 'spec.workloadSelector';
    return [found('IST0101', { subject, path }, ['selector', selectorText(selector)])];
  });
}

/** One finding for each Sidecar and the Sidecars it meets, whatever number of workloads they share. */
function selectedTwice({ sidecars, workloads }: WorldIndex): AnalysisFinding[] {
  const shared = new Map<string, { readonly all: readonly SidecarObject[]; readonly workload: Workload }>();
  for (const workload of workloads) {
    const all = sidecars.filter(
      ({ namespace, spec }) =>
        spec.workloadSelector !== undefined &&
        selectWorkloads([workload], spec.workloadSelector.labels, namespace).length > 0,
    );
    const key = all.map(({ name }) => name).join(' ');
    if (all.length > 1 && !shared.has(`${workload.namespace} ${key}`))
      shared.set(`${workload.namespace} ${key}`, { all, workload });
  }
  return [...shared.values()].flatMap(({ all, workload }) => {
    const values = [nameList(all), workload.namespace, fullName(workload)];
    return all.map((subject) => found('IST0110', { subject, path: 'spec.workloadSelector' }, values));
  });
}

function nameList(sidecars: readonly SidecarObject[]): string {
  const names = sidecars.map(({ name }) => name);
  return `[${names.toSorted().join(' ')}]`;
}
