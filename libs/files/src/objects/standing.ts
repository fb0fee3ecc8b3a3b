import type { ConfigObject, Issue, NativeObject, Origin, ResourceRef } from '@quintet/model';

/** An object of configuration as its file has it now. */
export type ConfigFileItem = {
  readonly kind: 'config';
  /** `resourceKey` of `resource`. */
  readonly key: string;
  readonly resource: ResourceRef;
  readonly origin: Origin;
  /** Absent when the text is wrong or cannot be read. */
  readonly object?: ConfigObject;
  readonly issues: readonly Issue[];
};

/** An object of Kubernetes as its file has it now. */
export type NativeFileItem = {
  readonly kind: 'native';
  /** `nativeKey` of `object`. */
  readonly key: string;
  readonly object: NativeObject;
};

export type FileItem = ConfigFileItem | NativeFileItem;

/** What stands at one place of a file. */
export type Standing =
  | { readonly kind: 'item'; readonly key: string; readonly origin: Origin; readonly item: FileItem }
  /** An object of Kubernetes that is wrong: it counts as before, and its issues are those of the file. */
  | WrongNative
  /** Something that cannot even be named: nobody knows which objects stood there. */
  | { readonly kind: 'unnamed'; readonly origin: Origin; readonly issues: readonly Issue[] };

type WrongNative = {
  readonly kind: 'wrong-native';
  readonly key: string;
  readonly resource: ResourceRef;
  readonly origin: Origin;
  readonly issues: readonly Issue[];
};

/** The same, `by` lines further down. Versions stay: what only moved is the same. */
export function moved(standing: Standing, by: number): Standing {
  const at = (origin: Origin): Origin => ({ ...origin, line: origin.line + by });
  const origin = at(standing.origin);
  const moveIssues = (issues: readonly Issue[]): readonly Issue[] =>
    issues.map((issue) => (issue.origin === undefined ? issue : { ...issue, origin: at(issue.origin) }));
  if (standing.kind !== 'item') return { ...standing, origin, issues: moveIssues(standing.issues) };
  const { item } = standing;
  if (item.kind === 'native')
    return { ...standing, origin, item: { ...item, object: Object.freeze({ ...item.object, origin }) } };
  const object = item.object && Object.freeze({ ...item.object, origin: Object.freeze(origin) });
  return {
    ...standing,
    origin,
    item: { ...item, origin, issues: moveIssues(item.issues), ...(object && { object }) },
  };
}
