import type { Pod } from './pod.ts';

/** What a pod belongs to, for people and metrics. */
export type Workload = {
  /** Name of the Deployment, StatefulSet, CronJob …; empty for a pod without one whose name is not known yet. */
  readonly name: string;
  /** `kubernetes://apis/apps/v1/namespaces/<namespace>/deployments/<name>`; empty for a pod without owner. */
  readonly owner: string;
};

/**
 * The workload of a pod, found by its controller. ReplicaSets and Jobs are steps between: their own controller made
 * their names by adding the hash of the pod's template, or the time, to its own.
 */
export function workloadOf(pod: Pod, namespace: string): Workload {
  const { controller } = pod;
  if (controller === undefined) return { name: pod.name || pod.generateName.replace(/-$/, ''), owner: '' };
  const { apiVersion, kind, name } = outermost(pod, controller);
  const group = apiVersion.includes('/') ? `apis/${apiVersion}` : `api/${apiVersion}`;
  const plural = `${kind.toLowerCase()}s`;
  return { name, owner: `kubernetes://${group}/namespaces/${namespace}/${plural}/${name}` };
}

function outermost(pod: Pod, controller: NonNullable<Pod['controller']>): NonNullable<Pod['controller']> {
  const hash = pod.labels['pod-template-hash'];
  if (controller.kind === 'ReplicaSet' && hash !== undefined && controller.name.endsWith(`-${hash}`)) {
    return { ...controller, kind: 'Deployment', name: controller.name.slice(0, -hash.length - 1) };
  }
  const [, cronJob] = /^(.+)-[0-9]{8,11}$/.exec(controller.name) ?? [];
  if (controller.kind === 'Job' && cronJob !== undefined) {
    return { ...controller, kind: 'CronJob', name: cronJob };
  }
  return controller;
}
