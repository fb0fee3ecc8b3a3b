import { type DescMessage, isMessage, type MessageShape } from '@bufbuild/protobuf';
import type { ConfigObject } from '../config-object.ts';
import type { Located } from '../decode/located.ts';
import type { Finding } from '../finding.ts';

/** One kind of configuration: a row of the table of kinds. */
export type Kind = {
  /** As users write it, e.g. `VirtualService`. */
  readonly kind: string;
  /** API group; all versions of a kind have the same content. */
  readonly group: string;
  /** Versions that are read; the first is the one that we write and that Kubernetes stores. */
  readonly versions: readonly string[];
  readonly plural: string;
  readonly shortNames: readonly string[];
  readonly scope: 'namespace' | 'cluster';
  /** Name of the MCP collection that carries the objects. */
  readonly collection: string;
  /** Type of the spec. */
  readonly schema: DescMessage;
  /** False for what users never write as an object: synthetic entries, the mesh configuration. */
  readonly written: boolean;
  /** Rewrites a spec before it is decoded, where the classic API accepts what proto3 JSON does not. */
  readonly normalise?: (spec: Located) => Located;
  /** Checks an object of this kind beyond its schema; paths begin with `spec` or `metadata`. */
  readonly validate: (object: ConfigObject) => readonly Finding[];
};

/** What {@link defineKind} fills in when it is left out. */
type KindDefinition<Desc extends DescMessage> = {
  readonly kind: string;
  readonly group: string;
  readonly versions: readonly string[];
  readonly plural: string;
  readonly shortNames?: readonly string[];
  readonly scope?: 'namespace' | 'cluster';
  readonly collection: string;
  readonly schema: Desc;
  readonly written?: boolean;
  readonly normalise?: (spec: Located) => Located;
  readonly validate?: (object: ConfigObject<MessageShape<Desc>>) => readonly Finding[];
};

/** A row whose check is written against the message type of its schema. */
export type KindOf<Desc extends DescMessage> = Kind & { readonly schema: Desc };

/** Makes a row of the table. The check is only ever given objects whose spec is of the row's type. */
export function defineKind<Desc extends DescMessage>(definition: KindDefinition<Desc>): KindOf<Desc> {
  const { schema, validate } = definition;
  return {
    ...definition,
    shortNames: definition.shortNames ?? [],
    scope: definition.scope ?? 'namespace',
    written: definition.written ?? true,
    validate: (object) => {
      if (!isOfSchema(object, schema)) {
        throw new TypeError(
          `${definition.kind} ${object.namespace}/${object.name} has a spec of another type`,
        );
      }
      return validate?.(object) ?? [];
    },
  };
}

/** Tells whether an object's spec is a message of `schema`. */
export function isOfSchema<Desc extends DescMessage>(
  object: ConfigObject,
  schema: Desc,
): object is ConfigObject<MessageShape<Desc>> {
  return isMessage(object.spec, schema);
}
