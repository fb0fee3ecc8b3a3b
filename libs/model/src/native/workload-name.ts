import type { NativePod } from './pod.ts';

/**
 * Name of the workload that a pod belongs to: of its Deployment, StatefulSet, CronJob …, or its own. ReplicaSets and
 * Jobs are steps between: their own controller made their names by adding the hash of the pod's template, or the time,
 * to its own.
 */
export function workloadNameOf(pod: Pick<NativePod, 'name' | 'labels' | 'ownerReferences'>): string {
  const controller = pod.ownerReferences.find((owner) => owner.controller);
  if (controller === undefined) return pod.name;
  const { kind, name } = controller;
  const hash = pod.labels['pod-template-hash'];
  if (kind === 'ReplicaSet' && hash !== undefined && name.endsWith(`-${hash}`)) {
    return name.slice(0, -hash.length - 1);
  }
  const [, cronJob] = kind === 'Job' ? (/^(.+)-[0-9]{8,11}$/.exec(name) ?? []) : [];
  return cronJob ?? name;
}
