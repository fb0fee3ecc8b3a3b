import { SERVICE_ENTRY, SYNTHETIC_SERVICE_ENTRY, WORKLOAD_ENTRY } from '../../kinds/networking.ts';
import { type Labels, labelsMatch } from '../../labels.ts';
import type { NativeObject } from '../../native/native-object.ts';
import type { ContainerPort, PodTemplateSpec } from '../../native/pod.ts';
import { proxyOf } from '../proxy-container.ts';
import type { AnalysisWorld } from './analysis-world.ts';
import { pickKind } from './pick-kind.ts';

/** Something that runs, or that a Deployment will run, known by its labels. */
export type Workload = {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Labels;
  /** Ports that its containers say they listen on. */
  readonly ports: readonly ContainerPort[];
  /** Whether it has a proxy; absent where that shows only when it runs. */
  readonly proxied?: boolean;
};

/** Pods that came to an end take no part any more. */
const ENDED: readonly string[] = ['Succeeded', 'Failed'];

/** All workloads of the world. */
export type Workloads = {
  readonly all: readonly Workload[];
  /** The workloads of a namespace that a selector selects; of all namespaces when none is given. */
  select(selector: Labels, namespace?: string): readonly Workload[];
};

/** Collects every workload of the world: pods, templates of Deployments, and endpoints with labels. */
export function workloadsOf(world: AnalysisWorld): Workloads {
  const all = collect(world);
  const byLabel = indexLabels(all);
  return {
    all,
    select(selector, namespace) {
      const lists = Object.entries(selector).map(([key, value]) => byLabel.get(`${key}=${value}`) ?? []);
      const fewest = lists.reduce((a, b) => (b.length < a.length ? b : a), lists[0] ?? all);
      return fewest.filter(
        (workload) =>
          (namespace === undefined || workload.namespace === namespace) &&
          labelsMatch(selector, workload.labels),
      );
    },
  };
}

function indexLabels(all: readonly Workload[]): ReadonlyMap<string, readonly Workload[]> {
  const byLabel = new Map<string, Workload[]>();
  for (const workload of all) {
    for (const [key, value] of Object.entries(workload.labels)) {
      const label = `${key}=${value}`;
      const list = byLabel.get(label);
      if (list === undefined) byLabel.set(label, [workload]);
      else list.push(workload);
    }
  }
  return byLabel;
}

function collect(world: AnalysisWorld): readonly Workload[] {
  const entries = [
    ...pickKind(world.objects, SERVICE_ENTRY),
    ...pickKind(world.objects, SYNTHETIC_SERVICE_ENTRY),
  ];
  return [
    ...world.native.flatMap(nativeWorkload),
    ...entries.flatMap(({ name, namespace, spec }) =>
      spec.endpoints.map(({ labels }) => ({ name, namespace, labels, ports: [] })),
    ),
    ...pickKind(world.objects, WORKLOAD_ENTRY).map(({ name, namespace, spec }) => {
      return { name, namespace, labels: spec.labels, ports: [] };
    }),
  ];
}

function nativeWorkload(object: NativeObject): Workload[] {
  const { name, namespace } = object;
  if (object.kind === 'Deployment') {
    const { labels, spec } = object.spec.template;
    return [{ name, namespace, labels, ports: portsOf(spec) }];
  }
  if (object.kind !== 'Pod' || object.deleting || ENDED.includes(object.spec.phase)) return [];
  return [
    {
      name,
      namespace,
      labels: object.labels,
      ports: portsOf(object.spec),
      proxied: proxyOf(object) !== undefined,
    },
  ];
}

function portsOf({ containers, initContainers }: PodTemplateSpec): readonly ContainerPort[] {
  return [...containers, ...initContainers].flatMap(({ ports }) => ports);
}
