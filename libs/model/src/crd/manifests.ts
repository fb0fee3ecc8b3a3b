import { stringify } from 'yaml';
import { KINDS } from '../kinds/kinds.ts';
import { customResourceDefinition } from './definition.ts';

const HEAD = '# Printed from the code: `npx vitest run test/arch -u` writes it anew.';

/** The manifests of all kinds that users write as objects, a file for each API group. */
export function crdManifests(): Readonly<Record<string, string>> {
  const groups = Map.groupBy(
    KINDS.filter(({ written }) => written),
    ({ group }) => group,
  );
  return Object.fromEntries(
    [...groups].map(([group, kinds]) => {
      const documents = kinds.map((kind) =>
        stringify(customResourceDefinition(kind), { aliasDuplicateObjects: false, lineWidth: 0 }),
      );
      return [`${group}.yaml`, `${HEAD}\n${documents.join('---\n')}`];
    }),
  );
}
