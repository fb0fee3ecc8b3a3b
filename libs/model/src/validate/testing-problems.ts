import { validateObject } from '../check.ts';
import { parseDocuments } from '../decode/documents.ts';
import { kindByName } from '../kinds/kinds.ts';

/**
 * The problems of an object, for tests: `path: message`, those that are no errors with their severity in front. Its
 * spec is given as YAML in flow style.
 */
export function problems(kind: string, spec: string, name = 'default'): string[] {
  const row = kindByName(kind);
  const text = `apiVersion: ${row?.group}/${row?.versions[0]}\nkind: ${kind}\nmetadata: {name: ${name}}\nspec: ${spec}\n`;
  const { objects, issues } = parseDocuments(text, { file: 'test.yaml' });
  if (issues.length > 0) throw new Error(issues.map((issue) => `${issue.path}: ${issue.message}`).join('\n'));
  return objects.flatMap((object) =>
    validateObject(object).map(({ path, message, severity }) => {
      return `${severity === 'error' ? '' : `${severity} `}${path}: ${message}`;
    }),
  );
}
