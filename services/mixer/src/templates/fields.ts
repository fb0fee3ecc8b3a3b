import type { DescMessage, JsonObject, MessageShape } from '@bufbuild/protobuf';
import type { AttributeManifest, Bag, Program, Value, ValueType } from '@quintet/expr';
import { compile, Fault, intern } from '@quintet/expr';
import { decodeMessage, type Finding, jsonToLocated } from '@quintet/model';
import type { Problem, Values } from './template.ts';

/** Reads parameters as strictly as galley does; what does not fit their message are problems below `params`. */
export function readParams<S extends DescMessage>(
  schema: S,
  params: JsonObject,
): { readonly value: MessageShape<S> } | { readonly problems: readonly Problem[] } {
  const { message, findings } = decodeMessage(schema, jsonToLocated(params), { path: 'params' });
  if (findings.length === 0) return { value: message };
  return { problems: findings.map(({ path, message: text }) => ({ path, message: text })) };
}

/** Findings about parameters as problems of the object that holds them. */
export function problemsOf(findings: readonly Finding[]): readonly Problem[] {
  return findings.map(({ path, message }) => ({ path: `params.${path}`, message }));
}

/** Compiles expressions one after the other and gathers what is wrong with them. */
export type FieldCompiler = {
  /** A field of a fixed type (any when undefined); undefined when the text is empty or wrong. */
  one(path: string, text: string, type?: ValueType): Program | undefined;
  /** A map of named expressions of any type. */
  many(path: string, texts: Readonly<Record<string, string>>): readonly (readonly [string, Program])[];
  readonly problems: readonly Problem[];
  /** The types of everything compiled so far, by path below `params`. */
  readonly types: ReadonlyMap<string, ValueType>;
};

/** A compiler of fields over a manifest. */
export function fieldCompiler(manifest: AttributeManifest): FieldCompiler {
  const problems: Problem[] = [];
  const types = new Map<string, ValueType>();
  const one = (path: string, text: string, type?: ValueType): Program | undefined => {
    if (text.trim() === '') return undefined;
    const program = compile(text, manifest);
    if (!program.ok) {
      problems.push({ path: `params.${path}`, message: program.message });
      return undefined;
    }
    if (type !== undefined && program.value.type !== type) {
      const message = `expression '${text}' has type ${program.value.type}, expected ${type}`;
      problems.push({ path: `params.${path}`, message });
      return undefined;
    }
    types.set(path, program.value.type);
    return program.value;
  };
  return {
    one,
    many: (path, texts) =>
      Object.entries(texts).flatMap(([name, text]) => {
        const program = one(`${path}.${name}`, text);
        return program === undefined ? [] : [[intern(name), program] as const];
      }),
    problems,
    types,
  };
}

/** Evaluates named programs; the first fault ends it. */
export function evaluateAll(programs: readonly (readonly [string, Program])[], bag: Bag): Values | Fault {
  const values = new Map<string, Value>();
  for (const [name, program] of programs) {
    const value = program.evaluate(bag);
    if (value instanceof Fault) return value;
    values.set(name, value);
  }
  return values;
}

/** Evaluates a program that may be absent, with the value that stands for absence. */
export function evaluateOr<T extends Value>(
  program: Program | undefined,
  bag: Bag,
  absent: T,
): Value | Fault {
  return program === undefined ? absent : program.evaluate(bag);
}
