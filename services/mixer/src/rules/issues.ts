import type { ConfigObject, Issue, Severity } from '@quintet/model';
import type { Problem } from '../templates/template.ts';

/** Codes of what mixer finds in its configuration, out of the table of issue codes. */
export const MIXER_ISSUES = {
  invalid: 'IST0106',
  reference: 'IST0101',
  /** Has no effect. */
  unrealised: 'QTT2001',
  /** Would have restricted access, so what it decides is refused. */
  restriction: 'QTT2002',
} as const;

/** An issue about an object, at a path below its spec. */
export function issueAt(
  object: ConfigObject,
  { path, message }: Problem,
  options: { readonly code?: string; readonly severity?: Severity } = {},
): Issue {
  return {
    code: options.code ?? MIXER_ISSUES.invalid,
    severity: options.severity ?? 'error',
    resource: { kind: object.kind, namespace: object.namespace, name: object.name },
    path: path === '' ? 'spec' : `spec.${path}`,
    message,
    ...(object.origin === undefined ? {} : { origin: object.origin }),
  };
}
