import { type AnalysisFinding, type Analyzer, found } from '../analyzer.ts';
import type { Workload } from '../world/workloads.ts';
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
    if (selector === undefined || workloads.select(selector, subject.namespace).length > 0) return [];
    const path = 'spec.workloadSelector';
    return [found('IST0101', { subject, path }, ['selector', selectorText(selector)])];
  });
}

/** One finding for each Sidecar and the Sidecars it meets, whatever number of workloads they share. */
function selectedTwice({ sidecars, workloads }: WorldIndex): AnalysisFinding[] {
  const selecting = new Map<Workload, SidecarObject[]>();
  for (const sidecar of sidecars) {
    const selector = sidecar.spec.workloadSelector?.labels;
    if (selector === undefined) continue;
    for (const workload of workloads.select(selector, sidecar.namespace)) {
      const others = selecting.get(workload);
      if (others === undefined) selecting.set(workload, [sidecar]);
      else others.push(sidecar);
    }
  }
  const reported = new Set<string>();
  return [...selecting].flatMap(([workload, all]) => {
    const key = `${workload.namespace} ${nameList(all)}`;
    if (all.length < 2 || reported.has(key)) return [];
    reported.add(key);
    const values = [nameList(all), workload.namespace, fullName(workload)];
    return all.map((subject) => found('IST0110', { subject, path: 'spec.workloadSelector' }, values));
  });
}

function nameList(sidecars: readonly SidecarObject[]): string {
  const names = sidecars.map(({ name }) => name);
  return `[${names.toSorted().join(' ')}]`;
}
