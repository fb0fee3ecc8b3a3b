import type { DescField, DescMessage, Message } from '@bufbuild/protobuf';

const trails = new WeakMap<DescMessage, readonly DescField[]>();

/**
 * Puts the entries of every map of `message`, at any depth and in `google.protobuf.Struct` too, in key order,
 * in place. The encoder writes entries in the order of insertion, so that equal messages built in different
 * order would differ in bytes. What is inside an `Any` has been encoded already and is left alone.
 */
export function sortMaps(schema: DescMessage, message: Message): void {
  const fields = valuesOf(message);
  for (const field of trailOf(schema)) {
    const owner = field.oneof === undefined ? fields : fields[field.oneof.localName];
    if (!isRecord(owner)) continue;
    if (field.oneof !== undefined && owner.case !== field.localName) continue;
    const key = field.oneof === undefined ? field.localName : 'value';
    const value = owner[key];
    const sorted = value === undefined ? undefined : sortField(field, value);
    if (sorted !== value) owner[key] = sorted;
  }
}

function sortField(field: DescField, value: unknown): unknown {
  switch (field.fieldKind) {
    case 'map':
      return isRecord(value) ? sortMap(field.message, value) : value;
    case 'list':
      return Array.isArray(value) ? sortList(field.message, value) : value;
    default:
      return sortValue(field.message, value);
  }
}

function sortMap(schema: DescMessage | undefined, map: Record<string, unknown>): Record<string, unknown> {
  for (const [key, entry] of Object.entries(map)) {
    const sorted = sortValue(schema, entry);
    if (sorted !== entry) map[key] = sorted;
  }
  return inKeyOrder(map);
}

function sortList(schema: DescMessage | undefined, list: unknown[]): unknown[] {
  list.forEach((item, i) => {
    const sorted = sortValue(schema, item);
    if (sorted !== item) list[i] = sorted;
  });
  return list;
}

function sortValue(schema: DescMessage | undefined, value: unknown): unknown {
  if (schema === undefined) return value;
  if (isMessage(value)) {
    sortMaps(schema, value);
    return value;
  }
  return sortJson(value);
}

/** A field of type `google.protobuf.Struct` holds plain JSON. */
function sortJson(value: unknown): unknown {
  if (Array.isArray(value)) return sortJsonList(value);
  if (!isRecord(value)) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, sortJson(item)] as const);
  const same = isSorted(Object.keys(value)) && entries.every(([key, item]) => value[key] === item);
  return same ? value : Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function sortJsonList(list: readonly unknown[]): readonly unknown[] {
  const sorted = list.map(sortJson);
  return sorted.every((item, i) => item === list[i]) ? list : sorted;
}

function inKeyOrder(map: Record<string, unknown>): Record<string, unknown> {
  if (isSorted(Object.keys(map))) return map;
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function isSorted(keys: readonly string[]): boolean {
  return keys.every((key, i) => i === 0 || (keys[i - 1] ?? '') < key);
}

/** The fields that are maps or may lead to one; the others need no visit. */
function trailOf(schema: DescMessage): readonly DescField[] {
  const known = trails.get(schema);
  if (known !== undefined) return known;
  const trail = schema.fields.filter((field) => leadsToMap(field, new Set()));
  trails.set(schema, trail);
  return trail;
}

function leadsToMap(field: DescField, seen: Set<DescMessage>): boolean {
  if (field.fieldKind === 'map') return true;
  const inner = field.message;
  if (inner === undefined || seen.has(inner)) return false;
  seen.add(inner);
  return inner.fields.some((next) => leadsToMap(next, seen));
}

function isMessage(value: unknown): value is Message {
  return isRecord(value) && typeof value.$typeName === 'string';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
  );
}

/** A message is a plain object whose properties are the local names of its descriptor. */
function valuesOf(message: Message): Record<string, unknown> {
  return message as unknown as Record<string, unknown>;
}
