import { type ConfigObject, type Finding, type Issue, issueFromFinding } from '@quintet/model';

/** The object an issue is about and where it stands. */
export type Subject = Pick<ConfigObject, 'kind' | 'namespace' | 'name' | 'origin'>;

/** An issue about one object. */
export function issueAbout(subject: Subject, finding: Finding): Issue {
  return issueFromFinding(finding, {
    resource: { kind: subject.kind, namespace: subject.namespace, name: subject.name },
    ...(subject.origin && { origin: subject.origin }),
  });
}

/** The parts of an object that an issue about it needs. */
export function subjectOf(object: ConfigObject): Subject {
  return {
    kind: object.kind,
    namespace: object.namespace,
    name: object.name,
    ...(object.origin && { origin: object.origin }),
  };
}
