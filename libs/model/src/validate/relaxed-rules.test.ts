import { describe, expect, it } from 'vitest';
import { validateObject } from '../check.ts';
import { parseDocuments } from '../decode/documents.ts';
import { kindByName } from '../kinds/kinds.ts';
import { RELAXED_RULES } from './relaxed-rules.ts';

describe('the relaxed rules', () => {
  for (const { kinds, field, example } of RELAXED_RULES) {
    const row = kindByName(kinds[0] ?? '');
    for (const version of row?.versions ?? []) {
      it(`hold for ${row?.kind} ${version}: ${field}`, () => {
        const text = `apiVersion: ${row?.group}/${version}\nkind: ${row?.kind}\nmetadata: {name: a}\nspec: ${example}\n`;
        const { objects, issues } = parseDocuments(text, { file: 'a.yaml' });
        expect(issues).toEqual([]);
        const found = objects.flatMap(validateObject);
        expect(objects).toHaveLength(1);
        expect(found.filter(({ severity }) => severity === 'error')).toEqual([]);
      });
    }
  }
});
