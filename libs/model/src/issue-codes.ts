import { ANALYSIS_CODES } from './analyze/codes.ts';
import type { Severity } from './issue.ts';

/** What one code stands for; documentation is printed from this table. */
export type IssueCodeRow = {
  readonly severity: Severity;
  /** A name in one word, for lists and filters. */
  readonly title: string;
  /**
   * The sentence shown. `%v` is replaced by the path and message of the issue. With `%s`, `%q` (in quotes) and `%d`
   * instead, the message of the issue is the whole sentence, as {@link fillTemplate} makes it.
   */
  readonly template: string;
  /** What the user should do. */
  readonly advice: string;
};

/**
 * Every code an issue can have. `IST` codes keep the number and meaning of the classic analysis; `QTT1xxx` are about
 * reading configuration, `QTT2xxx` about what is accepted and not realised, `QTT3xxx` about what pilot makes of it,
 * `QTT4xxx` about objects that do not fit each other, beyond what the classic analysis finds.
 */
export const ISSUE_CODES = {
  IST0001: {
    severity: 'error',
    title: 'InternalError',
    template: 'Internal error: %v',
    advice: 'A bug: please report it with the log of the service that says so.',
  },
  IST0002: {
    severity: 'warning',
    title: 'Deprecated',
    template: 'Deprecated: %s',
    advice: 'Use the field or kind that the message names instead.',
  },
  IST0101: {
    severity: 'error',
    title: 'ReferencedResourceNotFound',
    template: 'Referenced %s not found: %q',
    advice: 'Create what is referred to, or correct the name, the namespace or the port.',
  },
  IST0102: {
    severity: 'warning',
    title: 'NamespaceNotInjected',
    template:
      "The namespace is not enabled for Istio injection. Run 'kubectl label namespace %s istio-injection=enabled' to enable it, or 'kubectl label namespace %s istio-injection=disabled' to explicitly mark it as not needing injection",
    advice: 'Label the namespace one way or the other.',
  },
  IST0103: {
    severity: 'warning',
    title: 'PodMissingProxy',
    template: "The pod is missing its Istio proxy. Run 'kubectl delete pod %s -n %s' to restart it",
    advice: 'Let its controller make the pod anew: only new pods get a proxy.',
  },
  IST0104: {
    severity: 'warning',
    title: 'GatewayPortNotOnWorkload',
    template: 'The gateway refers to a port that is not exposed on the workload (pod selector %s; port %d)',
    advice: 'Open the port on the gateway workload, or correct the selector or the port.',
  },
  IST0105: {
    severity: 'warning',
    title: 'IstioProxyVersionMismatch',
    template:
      'The version of the Istio proxy running on the pod does not match the version used by the istio injector (pod version: %s; injector version: %s)',
    advice: 'Restart the workload, so that its pods get the proxy of the present injector.',
  },
  IST0106: {
    severity: 'error',
    title: 'SchemaValidationError',
    template: 'Schema validation error: %v',
    advice: 'Correct the field. The object is held back; its last good version stays in use.',
  },
  IST0107: {
    severity: 'warning',
    title: 'MisplacedAnnotation',
    template: 'Misplaced annotation: %s can only be applied to %s',
    advice: 'Move the annotation to where it has an effect: often the template of the pods.',
  },
  IST0108: {
    severity: 'warning',
    title: 'UnknownAnnotation',
    template: 'Unknown annotation: %s',
    advice: 'Correct the name, or remove the annotation: it has no effect.',
  },
  IST0109: {
    severity: 'error',
    title: 'ConflictingMeshGatewayVirtualServiceHosts',
    template:
      'The VirtualServices %s associated with mesh gateway define the same host %s which can lead to undefined behavior. This can be fixed by merging the conflicting VirtualServices into a single resource',
    advice: 'Merge the virtual services, or narrow one of them with exportTo. The oldest wins.',
  },
  IST0110: {
    severity: 'error',
    title: 'ConflictingSidecarWorkloadSelectors',
    template:
      'The Sidecars %s in namespace %q select the same workload pod %q, which can lead to undefined behavior',
    advice: 'Let each workload be selected by one Sidecar. The oldest wins.',
  },
  IST0111: {
    severity: 'error',
    title: 'MultipleSidecarsWithoutWorkloadSelectors',
    template:
      'The Sidecars %s in namespace %q have no workload selector, which can lead to undefined behavior',
    advice: 'Keep one Sidecar without a selector in each namespace. The oldest wins.',
  },
  IST0112: {
    severity: 'error',
    title: 'VirtualServiceDestinationPortSelectorRequired',
    template:
      'This VirtualService routes to a service %q that exposes multiple ports %s. Specifying a port in the destination is required to disambiguate',
    advice: 'Name the port, because the service has more than one.',
  },
  IST0119: {
    severity: 'warning',
    title: 'JwtFailureDueToInvalidServicePortPrefix',
    template:
      'Authentication policy with JWT targets Service with invalid port specification (port: %d, name: %s, protocol: %s, targetPort: %s)',
    advice:
      'Name the port http, http2 or https, or with one of these and a dash before the name; tokens are looked for in HTTP only.',
  },
  IST0133: {
    severity: 'warning',
    title: 'SchemaWarning',
    template: 'Schema validation warning: %v',
    advice: 'The object is accepted. Check that the field says what you mean.',
  },
  QTT1001: {
    severity: 'error',
    title: 'UnreadableDocument',
    template: 'The document cannot be read: %v',
    advice: 'Correct the YAML or JSON at the line shown. Other documents of the file are not affected.',
  },
  QTT1002: {
    severity: 'error',
    title: 'UnknownKind',
    template: 'Unknown kind: %v',
    advice: 'Correct apiVersion and kind.',
  },
  QTT1003: {
    severity: 'error',
    title: 'InvalidMetadata',
    template: 'Invalid metadata: %v',
    advice: 'Correct the name, namespace, labels or annotations.',
  },
  QTT1004: {
    severity: 'error',
    title: 'DuplicateObject',
    template: 'The object is defined twice: %v',
    advice: 'Remove one of the two. The first one counts.',
  },
  QTT1005: {
    severity: 'error',
    title: 'TooLarge',
    template: 'Too large: %v',
    advice: 'Split the file or the object.',
  },
  QTT1006: {
    severity: 'error',
    title: 'UnreadableFile',
    template: 'The file cannot be read: %v',
    advice: 'Check that the file exists and may be read. Its last good objects stay in use.',
  },
  QTT1007: {
    severity: 'warning',
    title: 'RemoteClusterNotRead',
    template: 'The remote cluster is not read: %v',
    advice: 'Correct the kubeconfig in the Secret. Other clusters are not affected.',
  },
  QTT2001: {
    severity: 'warning',
    title: 'NotRealised',
    template: 'Accepted and not realised: %v',
    advice: 'The field has no effect in this version. Remove it, or do not rely on it.',
  },
  QTT2002: {
    severity: 'warning',
    title: 'RestrictionNotRealised',
    template:
      'Valid, and refused by pilot or mixer, because it restricts access in a way that is not realised: %v',
    advice:
      'The object is handed out. Quintet’s pilot refuses it and keeps the last version that it realises, mixer denies' +
      ' what the object would decide: ignoring it would let in more than you asked for. Express the restriction with' +
      ' what is realised.',
  },
  QTT3001: {
    severity: 'warning',
    title: 'Conflict',
    template: 'In conflict with an older object: %v',
    advice: 'The older object wins. Remove or change one of the two.',
  },
  QTT3002: {
    severity: 'error',
    title: 'ResourceHeldBack',
    template: 'Not handed to any proxy: %v',
    advice: 'What results from the object breaks a rule of Envoy. The last good version stays in use.',
  },
  QTT3003: {
    severity: 'error',
    title: 'RejectedByProxy',
    template: 'Rejected by a proxy: %v',
    advice: 'A proxy refused what results from the object and keeps its last good configuration.',
  },
  ...ANALYSIS_CODES,
} as const satisfies Readonly<Record<string, IssueCodeRow>>;

/** A code of {@link ISSUE_CODES}. */
export type IssueCode = keyof typeof ISSUE_CODES;

const BY_CODE: ReadonlyMap<string, IssueCodeRow> = new Map(Object.entries(ISSUE_CODES));

/** The row of a code, or undefined for a code that is not in the table. */
export function issueCodeRow(code: string): IssueCodeRow | undefined {
  return BY_CODE.get(code);
}

/** Tells whether a text is a code of the table. */
export function isIssueCode(code: string): code is IssueCode {
  return BY_CODE.has(code);
}

/** The sentence of a code whose template has a place for each of `values`, in their order. */
export function fillTemplate(code: IssueCode, values: readonly (string | number)[]): string {
  let next = 0;
  return ISSUE_CODES[code].template.replace(/%[sqd]/g, (place) => {
    const value = values[next++];
    if (value === undefined) throw new TypeError(`${code}: a value for ${place} is missing`);
    return place === '%q' ? JSON.stringify(String(value)) : String(value);
  });
}
