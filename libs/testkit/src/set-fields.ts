import { clone, type DescField, type DescMessage, type Message } from '@bufbuild/protobuf';
import { isReflectMessage, type ReflectMessage, reflect } from '@bufbuild/protobuf/reflect';

/** A field that is set somewhere in a message. */
export type SetField = {
  readonly field: DescField;
  /** A copy of the whole message without the field. */
  readonly without: () => Message;
};

type Step = { readonly field: DescField; readonly at?: number | string | undefined };

/** Every field that is set anywhere in a message, with what the message is without it. */
export function setFields(schema: DescMessage, message: Message): SetField[] {
  const found: SetField[] = [];
  const visit = (part: ReflectMessage, steps: readonly Step[]): void => {
    for (const field of part.fields.filter((one) => part.isSet(one))) {
      found.push({ field, without: () => withoutField(schema, message, [...steps, { field }]) });
      for (const [at, inner] of innerMessages(part, field)) visit(inner, [...steps, { field, at }]);
    }
  };
  visit(reflect(schema, message), []);
  return found;
}

function withoutField(schema: DescMessage, message: Message, steps: readonly Step[]): Message {
  const copy = clone(schema, message);
  let part = reflect(schema, copy);
  for (const { field, at } of steps.slice(0, -1)) {
    const inner = innerMessages(part, field).find(([key]) => key === at);
    if (inner === undefined) throw new Error(`${field.toString()} is not there`);
    part = inner[1];
  }
  const last = steps.at(-1);
  if (last !== undefined) part.clear(last.field);
  return copy;
}

/** The messages that a field holds, but for well-known types, which are values. */
function innerMessages(
  part: ReflectMessage,
  field: DescField,
): (readonly [number | string | undefined, ReflectMessage])[] {
  if (field.message === undefined || field.message.file.proto.package === 'google.protobuf') return [];
  if (field.fieldKind === 'message') return [[undefined, part.get(field)]];
  const entries: (readonly [number | string, unknown])[] =
    field.fieldKind === 'map'
      ? [...part.get(field)].map(([key, inner]) => [String(key), inner] as const)
      : field.fieldKind === 'list'
        ? [...part.get(field)].map((inner, index) => [index, inner] as const)
        : [];
  return entries.flatMap(([key, inner]) => (isReflectMessage(inner) ? [[key, inner] as const] : []));
}
