import type { JsonValue } from '@bufbuild/protobuf';
import { childPath, type Finding } from '@quintet/model';
import { expressionFindings } from './expression-findings.ts';
import type { MixerTemplate } from './template.ts';
import { type Vocabulary, withOutput } from './vocabulary.ts';

/** What `$out.` becomes: a name that the expression language can read. */
const OUTPUT = 'output.';

/**
 * What is wrong with the bindings of attributes to what the adapter of an instance hands out, e.g.
 * `source.name: $out.source_pod_name | "none"`.
 */
export function bindingFindings(
  bindings: Readonly<Record<string, JsonValue>>,
  template: MixerTemplate,
  { path, vocabulary }: { readonly path: string; readonly vocabulary: Vocabulary },
): readonly Finding[] {
  const entries = Object.entries(bindings);
  const { output } = template;
  if (output === undefined) {
    if (entries.length === 0 || !vocabulary.structure) return [];
    const message = `template ${template.name} produces no attributes, so bindings have no effect`;
    return [{ path, message, severity: 'warning' }];
  }
  const known = withOutput(vocabulary, output, OUTPUT);
  return entries.flatMap(([attribute, expression]) => {
    const at = childPath(path, attribute);
    if (typeof expression !== 'string') {
      return vocabulary.structure ? [{ path: at, message: 'expected an expression as a string' }] : [];
    }
    const type = vocabulary.manifest.get(attribute);
    const unknown =
      type === undefined && vocabulary.judges([attribute])
        ? [{ path: at, message: `unknown attribute ${attribute}` }]
        : [];
    const text = expression.replaceAll('$out.', OUTPUT);
    const place = { path: at, ...(type !== undefined && { types: [type] }) };
    const found = expressionFindings(text, place, judging(known, attribute));
    return [...unknown, ...found.map((finding) => ({ ...finding, message: asWritten(finding.message) }))];
  });
}

/** An attribute that is bound counts among those of its expression: the one must be of the other's type. */
function judging(vocabulary: Vocabulary, attribute: string): Vocabulary {
  return { ...vocabulary, judges: (names) => vocabulary.judges([...names, attribute]) };
}

function asWritten(message: string): string {
  return message.replaceAll(/\$?output\./g, '$out.');
}
