import { type DescField, type DescMessage, isFieldSet, isMessage, type Message } from '@bufbuild/protobuf';
import type { ConfigObject } from '../config-object.ts';
import { childPath } from '../decode/located.ts';
import type { Finding } from '../finding.ts';
import type { Issue } from '../issue.ts';
import { issueFromFinding } from '../issue-from-finding.ts';
import { isOfSchema } from '../kinds/kind.ts';
import { kindByName } from '../kinds/kinds.ts';
import { MESH_CONFIG, MESH_NETWORKS } from '../kinds/mesh.ts';
import { AUTHORIZATION_POLICY } from '../kinds/security.ts';
import { unrealisedAuthorization } from './authorization-values.ts';
import type { KindTable, Reported, WholeKind } from './table.ts';
import { REALISATION } from './tables.ts';
import { type WatchedField, watchedFields } from './watched.ts';
import { withoutDefaults } from './without-defaults.ts';

/**
 * One warning for each thing the object asks for that Quintet accepts and does not realise, with its path. Where it
 * would restrict access (QTT2002) the object is valid all the same, and refused by who would have to realise it; else
 * (QTT2001) it merely has no effect.
 */
export function unrealised(object: ConfigObject): readonly Issue[] {
  const row = kindByName(object.kind);
  if (row === undefined) throw new TypeError(`unknown kind ${object.kind}`);
  const table = REALISATION.get(row.kind);
  if (table === undefined) throw new TypeError(`no table says what is realised of ${row.kind}`);
  // Charts render the networks where there are none, which is what is realised: one network.
  if (isOfSchema(object, MESH_NETWORKS.schema) && Object.keys(object.spec.networks).length === 0) return [];
  const walker = new Walker(table, object);
  if (isOfSchema(object, MESH_CONFIG.schema)) {
    walker.walk(row.schema, withoutDefaults(object.spec), '');
  } else walker.walk(row.schema, object.spec, 'spec');
  if (isOfSchema(object, AUTHORIZATION_POLICY.schema)) walker.report(unrealisedAuthorization(object.spec));
  return walker.issues;
}

class Walker {
  readonly issues: Issue[] = [];
  readonly #table: KindTable | WholeKind;
  readonly #object: ConfigObject;

  constructor(table: KindTable | WholeKind, object: ConfigObject) {
    this.#table = table;
    this.#object = object;
  }

  report(findings: readonly Finding[]): void {
    const { kind, namespace, name, origin } = this.#object;
    const subject = { resource: { kind, namespace, name }, ...(origin && { origin }) };
    this.issues.push(...findings.map((finding) => issueFromFinding(finding, subject)));
  }

  walk(schema: DescMessage, message: Message, path: string): void {
    if ('whole' in this.#table) this.#report(this.#table.whole, '', `the kind ${this.#object.kind}`);
    else this.#fields(watchedFields(this.#table, schema), message, path);
  }

  #fields(watched: readonly WatchedField[], message: Message, path: string): void {
    for (const { field, place, state, inside } of watched) {
      if (!isFieldSet(message, field)) continue;
      const fieldPath = path === '' ? field.jsonName : `${path}.${field.jsonName}`;
      if (state === undefined) throw new TypeError(`no table says whether ${place} is realised`);
      if (state === 'realised') {
        for (const [at, element] of elements(valueIn(message, field), fieldPath))
          this.#fields(inside(), element, at);
      } else if ('reported' in state) this.#report(state, fieldPath, field.jsonName);
      else this.#values(state.except, message, field, fieldPath);
    }
  }

  #values(
    except: Readonly<Record<string, Reported>>,
    message: Message,
    field: DescField,
    path: string,
  ): void {
    const number = field.fieldKind === 'enum' ? valueIn(message, field) : undefined;
    const names = (field.enum?.values ?? []).filter((value) => value.number === number);
    for (const { name } of names) {
      const state = Object.hasOwn(except, name) ? except[name] : undefined;
      if (state !== undefined) this.#report(state, path, `${field.jsonName} ${name}`);
    }
  }

  #report(state: Reported, path: string, what: string): void {
    const code = state.restricts ? 'QTT2002' : 'QTT2001';
    this.report([{ code, path, message: `${what} is not realised: ${state.reported}` }]);
  }
}

/** What is set of a field. Not by reflection, which makes an object for every message it meets. */
function valueIn(message: Message, field: DescField): unknown {
  const { oneof } = field;
  if (oneof === undefined) return Reflect.get(message, field.localName);
  const chosen: unknown = Reflect.get(message, oneof.localName);
  return typeof chosen === 'object' && chosen !== null ? Reflect.get(chosen, 'value') : undefined;
}

/** The messages of a field, of a list or of a map, with their paths. */
function elements(value: unknown, path: string): [string, Message][] {
  if (isMessage(value)) return [[path, value]];
  if (Array.isArray(value)) {
    return value.flatMap((item: unknown, index) => asElement(item, `${path}[${index}]`));
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => asElement(item, childPath(path, key)));
}

function asElement(value: unknown, path: string): [string, Message][] {
  return isMessage(value) ? [[path, value]] : [];
}
