import { type LabelSelector, selects } from './label-selector.ts';
import { INJECT_ANNOTATION, PROXY_CONTAINER, STATUS_ANNOTATION } from './names.ts';
import type { Pod } from './pod.ts';

/** Who is injected, as the operator configures it. */
export type InjectionPolicy = {
  /** Whether pods that say nothing are injected. */
  readonly policy: 'enabled' | 'disabled';
  readonly neverInjectSelector: readonly LabelSelector[];
  readonly alwaysInjectSelector: readonly LabelSelector[];
};

/** Whether a pod gets a sidecar, and the rule that decided. */
export type Decision = {
  readonly inject: boolean;
  readonly reason: DecisionReason;
  /** One sentence for people. */
  readonly message: string;
};

export type DecisionReason =
  | 'host-network'
  | 'system-namespace'
  | 'already-injected'
  | 'injector-itself'
  | 'annotation'
  | 'never-inject-selector'
  | 'always-inject-selector'
  | 'policy';

export type DecisionInput = {
  readonly pod: Pod;
  /** Namespace that the pod is made in. */
  readonly namespace: string;
  /** Namespace of the injector. */
  readonly systemNamespace: string;
  readonly policy: InjectionPolicy;
};

const IGNORED_NAMESPACES: readonly string[] = ['kube-system', 'kube-public'];
/** Value of the label `istio` on the injector's own pods. */
const INJECTOR_LABEL = 'sidecar-injector';
const YES: readonly string[] = ['y', 'yes', 'true', 'on'];

/** True for namespaces in which nothing is ever injected, whatever the pod and the configuration say. */
export function isIgnoredNamespace(namespace: string): boolean {
  return IGNORED_NAMESPACES.includes(namespace);
}

/**
 * Decides in the classic order: the first rule that has something to say wins. Two rules are older than any wish of
 * the pod: what is injected already stays as it is, and the injector does not wait for itself.
 */
export function decide({ pod, namespace, systemNamespace, policy }: DecisionInput): Decision {
  if (pod.hostNetwork) return no('host-network', 'the pod uses the network of its node');
  if (isIgnoredNamespace(namespace)) return no('system-namespace', `nothing is injected in ${namespace}`);
  if (isInjected(pod)) return no('already-injected', `the pod has a container ${PROXY_CONTAINER} already`);
  if (namespace === systemNamespace && pod.labels.istio === INJECTOR_LABEL)
    return no('injector-itself', 'the injector cannot wait for itself');
  const wish = pod.annotations[INJECT_ANNOTATION]?.toLowerCase() ?? '';
  if (wish !== '') {
    const message = `annotation ${INJECT_ANNOTATION} is "${wish}"`;
    return { inject: YES.includes(wish), reason: 'annotation', message };
  }
  if (policy.neverInjectSelector.some((selector) => selects(selector, pod.labels)))
    return no('never-inject-selector', 'a selector of neverInjectSelector matches the labels');
  if (policy.alwaysInjectSelector.some((selector) => selects(selector, pod.labels)))
    return yes('always-inject-selector', 'a selector of alwaysInjectSelector matches the labels');
  return policy.policy === 'enabled'
    ? yes('policy', 'the policy is enabled')
    : no('policy', 'the policy is disabled');
}

/** True when the pod carries the status of an injection and what it adds: a status alone keeps nobody out of the mesh. */
function isInjected(pod: Pod): boolean {
  const all = [...pod.containers, ...pod.initContainers];
  return STATUS_ANNOTATION in pod.annotations && all.some(({ name }) => name === PROXY_CONTAINER);
}

function yes(reason: DecisionReason, message: string): Decision {
  return { inject: true, reason, message };
}

function no(reason: DecisionReason, message: string): Decision {
  return { inject: false, reason, message };
}
