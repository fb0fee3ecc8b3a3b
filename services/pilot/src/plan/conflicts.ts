import { ISSUE_CODES, type Issue } from '@quintet/model';
import { issueAbout } from '../snapshot/issue-about.ts';
import type { MeshService } from '../snapshot/services.ts';
import type { SidecarConfig } from '../snapshot/sidecars.ts';
import type { ListenerPlan } from './types.ts';

/** A service that cannot be reached on one of its ports, because an older one is in the way. */
export function portConflict(service: MeshService, message: string): Issue {
  return {
    code: 'QTT3001',
    severity: ISSUE_CODES.QTT3001.severity,
    resource: {
      kind: 'ServiceEntry',
      namespace: service.namespace,
      name: service.source.slice(service.source.lastIndexOf('/') + 1),
    },
    path: 'spec.ports',
    message: `${service.host}: ${message}`,
  };
}

/** Sidecars that select the workload besides the one that counts. */
export function selectorConflicts(chosen: SidecarConfig, others: readonly SidecarConfig[]): readonly Issue[] {
  return others.map(({ subject }) =>
    issueAbout(subject, {
      code: 'IST0110',
      path: 'spec.workloadSelector',
      message: `a workload that it selects belongs to Sidecar ${chosen.name} already`,
    }),
  );
}

/** Listeners of a Sidecar that want an address and port which another one has. */
export function bindConflicts(
  listeners: readonly ListenerPlan[],
  sidecar: SidecarConfig | undefined,
): readonly Issue[] {
  if (!sidecar) return [];
  const names = new Set<string>();
  return listeners.flatMap(({ name }) => {
    if (!names.has(name)) {
      names.add(name);
      return [];
    }
    const message = `${name} is wanted by an ingress and an egress listener; the ingress listener has it`;
    return [issueAbout(sidecar.subject, { code: 'QTT3001', path: 'spec', message })];
  });
}
