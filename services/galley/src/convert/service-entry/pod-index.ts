import type { NativePod } from '@quintet/model';
import { type PodFacts, podFacts, samePodFacts } from './pod-facts.ts';

/**
 * Names a pod in {@link PodIndex}: `namespace/name`, or an address. Neither can look like the other. A plain text, for
 * there are tens of thousands.
 */
export type PodReference = string;

type Known = { readonly pod: NativePod; facts?: PodFacts };

/** The pods of one source, by name and by address. */
export class PodIndex {
  readonly #byName = new Map<string, Known>();
  /** More than one only while a new pod has the address of one that ended. */
  readonly #byIp = new Map<string, readonly Known[]>();
  #options: { readonly trustDomain: string; readonly cluster: string };

  constructor(options: { readonly trustDomain: string; readonly cluster: string }) {
    this.#options = options;
  }

  /** Takes a change over; gives the references that lead to something else than before. */
  apply(before: NativePod | undefined, after: NativePod | undefined): readonly PodReference[] {
    const pod = after ?? before;
    if (pod === undefined) return [];
    const name = podName(pod.namespace, pod.name);
    const known = this.#byName.get(name);
    const next = after && { pod: after };
    if (next === undefined) this.#byName.delete(name);
    else this.#byName.set(name, next);
    this.#unindex(known);
    this.#index(next);
    if (known !== undefined && next !== undefined && this.#same(known, next)) return [];
    return [name, ...addressesOf(after), ...addressesOf(known?.pod)];
  }

  /** What the pod says about its endpoints; undefined when there is none. */
  facts(reference: PodReference): PodFacts | undefined {
    const known = this.#byName.get(reference) ?? this.#byIp.get(reference)?.[0];
    return known && this.#factsOf(known);
  }

  /** Forgets what was made of the pods, because it depends on `options`. */
  reset(options: { readonly trustDomain: string; readonly cluster: string }): void {
    this.#options = options;
    for (const known of this.#byName.values()) delete known.facts;
  }

  #factsOf(known: Known): PodFacts {
    known.facts ??= podFacts(known.pod, this.#options);
    return known.facts;
  }

  /** Most changes of pods are changes of a status that nobody here asks for. The facts are then kept, too. */
  #same(before: Known, after: Known): boolean {
    if (before.pod.createTime !== after.pod.createTime) return false;
    const [a, b] = [addressesOf(before.pod), addressesOf(after.pod)];
    if (a.length !== b.length || a.some((address, index) => address !== b[index])) return false;
    const facts = this.#factsOf(before);
    if (!samePodFacts(facts, this.#factsOf(after))) return false;
    after.facts = facts;
    return true;
  }

  #index(known: Known | undefined): void {
    if (known === undefined) return;
    for (const ip of addressesOf(known.pod)) {
      const others = this.#byIp.get(ip);
      this.#byIp.set(ip, others === undefined ? [known] : [...others, known].sort(newestFirst));
    }
  }

  #unindex(known: Known | undefined): void {
    for (const ip of addressesOf(known?.pod)) {
      const others = this.#byIp.get(ip)?.filter((other) => other !== known) ?? [];
      if (others.length === 0) this.#byIp.delete(ip);
      else this.#byIp.set(ip, others);
    }
  }
}

/** The reference by name to a pod. */
export function podName(namespace: string, name: string): PodReference {
  return `${namespace}/${name}`;
}

const NOWHERE: readonly string[] = [];

/** Addresses that stand for this pod alone: not those of its node, and none once it has ended. */
function addressesOf(pod: NativePod | undefined): readonly string[] {
  if (pod === undefined || pod.spec.hostNetwork) return NOWHERE;
  return pod.spec.phase === 'Succeeded' || pod.spec.phase === 'Failed' ? NOWHERE : pod.spec.ips;
}

function newestFirst(a: Known, b: Known): number {
  if (a.pod.createTime !== b.pod.createTime) return b.pod.createTime - a.pod.createTime;
  return podName(a.pod.namespace, a.pod.name) < podName(b.pod.namespace, b.pod.name) ? -1 : 1;
}
