import { fieldAt, listAt, textAt } from './json-fields.ts';

/** A resource of one kind out of Envoy's `/config_dump`: name and JSON as Envoy shows it. */
export type Dumped = { readonly name: string; readonly config: unknown };

/** The clusters of a dump, static ones included, by name. */
export function dumpedClusters(dump: unknown): Dumped[] {
  return section(dump, 'ClustersConfigDump', (part) => [
    ...listAt(part, 'static_clusters').map((one) => fieldAt(one, 'cluster')),
    ...listAt(part, 'dynamic_active_clusters').map((one) => fieldAt(one, 'cluster')),
  ]);
}

/** The listeners that are in force. */
export function dumpedListeners(dump: unknown): Dumped[] {
  return section(dump, 'ListenersConfigDump', (part) => [
    ...listAt(part, 'static_listeners').map((one) => fieldAt(one, 'listener')),
    ...listAt(part, 'dynamic_listeners').map((one) => fieldAt(one, 'active_state', 'listener')),
  ]);
}

/** The route tables that came by RDS. */
export function dumpedRoutes(dump: unknown): Dumped[] {
  return section(dump, 'RoutesConfigDump', (part) =>
    listAt(part, 'dynamic_route_configs').map((one) => fieldAt(one, 'route_config')),
  );
}

function section(dump: unknown, type: string, configsOf: (part: unknown) => readonly unknown[]): Dumped[] {
  return listAt(dump, 'configs')
    .filter((part) => textAt(part, '@type').endsWith(`.${type}`))
    .flatMap(configsOf)
    .filter((config) => config !== undefined)
    .map((config) => ({ name: textAt(config, 'name'), config }))
    .sort((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)));
}
