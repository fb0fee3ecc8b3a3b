import type { JsonObject } from '@bufbuild/protobuf';
import type { Kind } from '../kinds/kind.ts';
import { printerColumns } from './columns.ts';
import { categories, manifestLabels } from './labels.ts';
import { messageSchema, type Schema } from './schema.ts';
import { STATUS_SCHEMA } from './status.ts';

/** A CustomResourceDefinition of `apiextensions.k8s.io/v1`. */
export type CustomResourceDefinition = {
  readonly apiVersion: 'apiextensions.k8s.io/v1';
  readonly kind: 'CustomResourceDefinition';
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  readonly spec: JsonObject | Schema;
};

/**
 * The manifest of a kind. All versions of a kind have the same content and are served; the first of the row is
 * stored: it is the one that the classic manifests store, so neither a change from them nor one back to them
 * leaves objects behind in a version that is no longer known.
 */
export function customResourceDefinition(kind: Kind): CustomResourceDefinition {
  const { group, plural, shortNames, scope, versions } = kind;
  const schema = objectSchema(kind);
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}`, labels: manifestLabels(kind) },
    spec: {
      group,
      names: {
        kind: kind.kind,
        listKind: `${kind.kind}List`,
        plural,
        singular: kind.kind.toLowerCase(),
        ...(shortNames.length > 0 && { shortNames }),
        categories: categories(kind),
      },
      scope: scope === 'cluster' ? 'Cluster' : 'Namespaced',
      versions: versions.map((name, index) => ({
        name,
        served: true,
        storage: index === 0,
        subresources: { status: {} },
        additionalPrinterColumns: printerColumns(kind.kind),
        schema: { openAPIV3Schema: schema },
      })),
    },
  };
}

/** Fields beside spec and status are kept too, so that the webhook can say which of them was misspelt. */
function objectSchema({ schema }: Kind): Schema {
  return {
    type: 'object',
    'x-kubernetes-preserve-unknown-fields': true,
    properties: { spec: messageSchema(schema), status: STATUS_SCHEMA },
  };
}
