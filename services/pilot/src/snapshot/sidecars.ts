import { type ConfigObject, type Issue, type Labels, labelsMatch } from '@quintet/model';
import type { Sidecar } from '@quintet/proto/istio/networking/v1alpha3/sidecar_pb.js';
import { contentKey, objectKey, sourceOf } from './content-key.ts';
import { issueAbout, type Subject, subjectOf } from './issue-about.ts';
import { type Keyed, reuse, reuseEach } from './reuse.ts';

export type SidecarConfig = Keyed & {
  readonly subject: Subject;
  readonly source: string;
  readonly name: string;
  readonly namespace: string;
  /** Absent for the default of a namespace. */
  readonly selector?: Labels;
  readonly spec: Sidecar;
};

/** Sidecars by namespace, oldest first. */
export type SidecarIndex = Keyed & {
  readonly all: readonly SidecarConfig[];
  readonly byNamespace: ReadonlyMap<string, readonly SidecarConfig[]>;
  readonly issues: readonly Issue[];
};

/** Builds the index from sidecars, oldest first; a second default of one namespace gives an issue. */
export function buildSidecars(
  objects: readonly ConfigObject<Sidecar>[],
  previous: SidecarIndex | undefined,
): SidecarIndex {
  const all = reuseEach(previous?.all, objects, { key: objectKey, build: sidecarOf });
  return reuse(previous, contentKey(all.map(({ key }) => key)), (key) => {
    const byNamespace = Map.groupBy(all, (sidecar) => sidecar.namespace);
    return { key, all, byNamespace, issues: [...byNamespace.values()].flatMap(surplusDefaults) };
  });
}

/**
 * The Sidecar of a workload: the first of its namespace that selects its labels, else the namespace's default, else
 * the root namespace's default, else none.
 */
export function sidecarFor(
  index: SidecarIndex,
  workload: { readonly namespace: string; readonly labels: Labels; readonly rootNamespace: string },
): SidecarConfig | undefined {
  const own = index.byNamespace.get(workload.namespace) ?? [];
  return (
    selectingSidecars(index, workload)[0] ??
    own.find(isDefault) ??
    index.byNamespace.get(workload.rootNamespace)?.find(isDefault)
  );
}

/** All Sidecars of a workload's namespace that select its labels, oldest first; more than one is a conflict. */
export function selectingSidecars(
  index: SidecarIndex,
  workload: { readonly namespace: string; readonly labels: Labels },
): readonly SidecarConfig[] {
  const own = index.byNamespace.get(workload.namespace) ?? [];
  return own.filter(({ selector }) => selector !== undefined && labelsMatch(selector, workload.labels));
}

function isDefault(sidecar: SidecarConfig): boolean {
  return sidecar.selector === undefined;
}

function sidecarOf(object: ConfigObject<Sidecar>, key: string): SidecarConfig {
  const selector = object.spec.workloadSelector;
  return {
    key,
    subject: subjectOf(object),
    source: sourceOf(object),
    name: object.name,
    namespace: object.namespace,
    ...(selector && { selector: selector.labels }),
    spec: object.spec,
  };
}

function surplusDefaults(sidecars: readonly SidecarConfig[]): Issue[] {
  const [first, ...others] = sidecars.filter(isDefault);
  return others.map(({ subject }) =>
    issueAbout(subject, {
      code: 'IST0111',
      path: 'spec',
      message: `${first?.name} is already the Sidecar without a workload selector in namespace ${subject.namespace}`,
    }),
  );
}
