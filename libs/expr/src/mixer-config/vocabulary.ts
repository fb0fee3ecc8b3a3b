import type { AttributeManifest } from '../manifest.ts';
import { standardManifest } from '../vocabulary.ts';

/** What an expression is checked against. */
export type Vocabulary = {
  readonly manifest: AttributeManifest;
  /** Whether an expression over these attributes is to be typed; else it is somebody else's. */
  readonly judges: (attributes: readonly string[]) => boolean;
  /** Whether what needs no attributes is judged too: syntax, names of fields, forms of values. */
  readonly structure: boolean;
};

/**
 * For a look at one object alone: other attributes than the standard ones may be declared elsewhere, so expressions
 * that use them are parsed and not typed.
 */
export const ALONE: Vocabulary = {
  manifest: standardManifest,
  judges: (attributes) => attributes.every((name) => standardManifest.has(name)),
  structure: true,
};

/** All attributes that are known, and whether there are no others. */
export type Attributes = { readonly manifest: AttributeManifest; readonly allAttributes: boolean };

/** For what {@link ALONE} had to leave open, once all attributes are known. */
export function leftOpen({ manifest, allAttributes }: Attributes): Vocabulary {
  const known = knows({ manifest, allAttributes });
  return { manifest, judges: (names) => !ALONE.judges(names) && known(names), structure: false };
}

/** For what nobody has judged yet. */
export function everything({ manifest, allAttributes }: Attributes): Vocabulary {
  return { manifest, judges: knows({ manifest, allAttributes }), structure: true };
}

function knows({ manifest, allAttributes }: Attributes): Vocabulary['judges'] {
  return (names) => allAttributes || names.every((name) => manifest.has(name));
}

/** A vocabulary with further attributes of which all are known, such as those that an adapter hands out. */
export function withOutput(vocabulary: Vocabulary, output: AttributeManifest, prefix: string): Vocabulary {
  const own = new Map([...output].map(([name, type]) => [`${prefix}${name}`, type]));
  return {
    ...vocabulary,
    manifest: new Map([...vocabulary.manifest, ...own]),
    judges: (attributes) => vocabulary.judges(attributes.filter((name) => !name.startsWith(prefix))),
  };
}
