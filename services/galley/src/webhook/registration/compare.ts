import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import { isMap, REGISTRATION, type Registration } from './desired.ts';

/** Who a registration goes away with. */
export type Owner = { readonly name: string; readonly uid: string };

export type Wanted = {
  readonly registration: Registration;
  readonly webhooks: readonly JsonObject[];
  /** The ClusterRole of galley; without one the registration stays until somebody deletes it. */
  readonly owner: Owner | undefined;
};

/**
 * The object to be written so that a registration is as it should be; undefined when it is. Labels, annotations and
 * owners that others gave it are kept.
 */
export function corrected(wanted: Wanted, present: JsonObject | undefined): JsonObject | undefined {
  const { registration, webhooks, owner } = wanted;
  const metadata = present !== undefined && isMap(present.metadata) ? present.metadata : {};
  const owners = Array.isArray(metadata.ownerReferences) ? metadata.ownerReferences : [];
  const object: JsonObject = {
    apiVersion: `${REGISTRATION.group}/${REGISTRATION.version}`,
    kind: REGISTRATION.kind,
    metadata: {
      ...metadata,
      name: registration.name,
      labels: { ...(isMap(metadata.labels) ? metadata.labels : {}), ...registration.labels },
      annotations: {
        ...(isMap(metadata.annotations) ? metadata.annotations : {}),
        ...registration.annotations,
      },
      ownerReferences: withOwner(owners, owner),
    },
    webhooks: [...webhooks],
  };
  return present !== undefined && canonical(essence(present)) === canonical(essence(object))
    ? undefined
    : object;
}

function withOwner(owners: readonly JsonValue[], owner: Owner | undefined): JsonValue[] {
  if (owner === undefined) return [...owners];
  // A role that was deleted and made again has another uid: a reference to the old one would delete the registration.
  const others = owners.filter(
    (each) => !(isMap(each) && each.kind === 'ClusterRole' && each.name === owner.name),
  );
  return [...others, { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', ...owner }];
}

/** What is compared: the rest belongs to the API server. */
function essence({ metadata, webhooks }: JsonObject): JsonObject {
  const { labels, annotations, ownerReferences } = isMap(metadata) ? metadata : {};
  const owners = Array.isArray(ownerReferences) ? ownerReferences : [];
  return { labels: labels ?? {}, annotations: annotations ?? {}, owners, webhooks: webhooks ?? [] };
}

/** JSON with sorted keys. */
function canonical(value: JsonValue): string {
  return JSON.stringify(value, (_, each: JsonValue) =>
    isMap(each) ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1))) : each,
  );
}
