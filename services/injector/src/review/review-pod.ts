import type { AdmissionRequest } from '@quintet/kube';
import type { Finding } from '@quintet/model';
import {
  applyPatch,
  type DecisionReason,
  decide,
  diffJson,
  equalJson,
  injectPod,
  isIgnoredNamespace,
  type PatchOperation,
  readPod,
} from '@quintet/proxy';
import type { InjectionConfiguration } from '../injection/injection.ts';

/** The answer to a review, in the words of the mesh. */
export type Verdict = {
  /** Name of the pod, or what its name will begin with. */
  readonly pod: string;
  readonly namespace: string;
} & (
  | {
      readonly outcome: 'injected';
      readonly reason: DecisionReason;
      readonly message: string;
      readonly patch: readonly PatchOperation[];
      /** What the pod asks for and does not get. */
      readonly notices: readonly Finding[];
    }
  | { readonly outcome: 'skipped'; readonly reason: SkipReason; readonly message: string }
  | { readonly outcome: 'refused'; readonly reason: 'invalid'; readonly message: string }
);

export type SkipReason = DecisionReason | 'operation';

export type ReviewInput = {
  readonly request: AdmissionRequest;
  readonly configuration: InjectionConfiguration;
  /** Namespace of the injector. */
  readonly systemNamespace: string;
};

/** Decides about one review and makes the patch. Pure: the same question has the same answer. */
export function reviewPod({ request, configuration, systemNamespace }: ReviewInput): Verdict {
  const { namespace } = request;
  if (isIgnoredNamespace(namespace)) {
    const message = `nothing is injected in ${namespace}`;
    return { outcome: 'skipped', reason: 'system-namespace', message, pod: '', namespace };
  }
  const { group, version: apiVersion, kind } = request.kind;
  if (group !== '' || apiVersion !== 'v1' || kind !== 'Pod') {
    const found = `${group === '' ? '' : `${group}/`}${apiVersion} ${kind}`;
    return refused('', namespace, [{ path: 'request.kind', message: `expected v1 Pod, found ${found}` }]);
  }
  if (request.operation !== 'CREATE') {
    const message = `${request.operation} of a pod that is there changes nothing about its sidecar`;
    return { outcome: 'skipped', reason: 'operation', message, pod: '', namespace };
  }
  const read = readPod(request.object);
  if (!read.ok) return refused('', namespace, inObject(read.findings));
  const { pod } = read;
  const name = pod.name || `${pod.generateName}*`;
  const { config, settings, version } = configuration;
  const decision = decide({ pod, namespace, systemNamespace, policy: config });
  const { reason, message } = decision;
  if (!decision.inject) return { outcome: 'skipped', reason, message, pod: name, namespace };
  const { injectedAnnotations } = config;
  const injection = injectPod({ pod, namespace, settings, version, injectedAnnotations });
  if (!injection.ok) return refused(name, namespace, injection.findings);
  const patch = diffJson(pod.json, injection.pod);
  // The API server will do what the patch says and not what was meant: they must be the same.
  if (!equalJson(applyPatch(pod.json, patch), injection.pod))
    throw new Error('the patch leads to another pod');
  return { outcome: 'injected', reason, message, patch, notices: injection.notices, pod: name, namespace };
}

function refused(pod: string, namespace: string, findings: readonly Finding[]): Verdict {
  const message = findings
    .map(({ path, message: text }) => (path === '' ? text : `${path}: ${text}`))
    .join('; ');
  return { outcome: 'refused', reason: 'invalid', message, pod, namespace };
}

function inObject(findings: readonly Finding[]): Finding[] {
  return findings.map((finding) => ({
    ...finding,
    path: finding.path === '' ? 'request.object' : finding.path,
  }));
}
