import type { Severity } from './issue.ts';

/** What one code stands for; documentation is printed from this table. */
export type IssueCodeRow = {
  readonly severity: Severity;
  /** A name in one word, for lists and filters. */
  readonly title: string;
  /** The sentence shown; `%v` is replaced by the path and message of the issue. */
  readonly template: string;
  /** What the user should do. */
  readonly advice: string;
};

/**
 * Every code an issue can have. `IST` codes keep the number and meaning of the classic analysis; `QTT1xxx` are about
 * reading configuration, `QTT2xxx` about what is accepted and not realised, `QTT3xxx` about what pilot makes of it.
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
    template: 'Deprecated: %v',
    advice: 'Use the field or kind that the message names instead.',
  },
  IST0101: {
    severity: 'error',
    title: 'ReferencedResourceNotFound',
    template: 'Referenced %v',
    advice: 'Create what is referred to, or correct the name, the namespace or the port.',
  },
  IST0104: {
    severity: 'warning',
    title: 'GatewayPortNotOnWorkload',
    template: 'The gateway refers to a port that is not exposed on the workload: %v',
    advice: 'Open the port on the gateway workload, or correct the selector or the port.',
  },
  IST0106: {
    severity: 'error',
    title: 'SchemaValidationError',
    template: 'Schema validation error: %v',
    advice: 'Correct the field. The object is held back; its last good version stays in use.',
  },
  IST0109: {
    severity: 'error',
    title: 'ConflictingMeshGatewayVirtualServiceHosts',
    template: 'The virtual services associated with the mesh gateway define the same host: %v',
    advice: 'Merge the virtual services, or narrow one of them with exportTo. The oldest wins.',
  },
  IST0110: {
    severity: 'error',
    title: 'ConflictingSidecarWorkloadSelectors',
    template: 'Several Sidecars select the same workload: %v',
    advice: 'Let each workload be selected by one Sidecar. The oldest wins.',
  },
  IST0111: {
    severity: 'error',
    title: 'MultipleSidecarsWithoutWorkloadSelectors',
    template: 'Several Sidecars of one namespace have no workload selector: %v',
    advice: 'Keep one Sidecar without a selector in each namespace. The oldest wins.',
  },
  IST0112: {
    severity: 'error',
    title: 'VirtualServiceDestinationPortSelectorRequired',
    template: 'The destination needs a port: %v',
    advice: 'Name the port, because the service has more than one.',
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
  QTT2001: {
    severity: 'warning',
    title: 'NotRealised',
    template: 'Accepted and not realised: %v',
    advice: 'The field has no effect in this version. Remove it, or do not rely on it.',
  },
  QTT2002: {
    severity: 'error',
    title: 'RestrictionNotRealised',
    template: 'Refused, because it restricts access in a way that is not realised: %v',
    advice:
      'Express the restriction with what is realised: ignoring it would let in more than you asked for.',
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
} as const satisfies Readonly<Record<string, IssueCodeRow>>;

/** A code of {@link ISSUE_CODES}. */
export type IssueCode = keyof typeof ISSUE_CODES;

/** The row of a code, or undefined for a code that is not in the table. */
export function issueCodeRow(code: string): IssueCodeRow | undefined {
  return new Map<string, IssueCodeRow>(Object.entries(ISSUE_CODES)).get(code);
}
