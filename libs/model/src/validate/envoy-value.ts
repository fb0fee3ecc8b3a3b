import type { DescField, DescMessage, Registry } from '@bufbuild/protobuf';
import { AnySchema } from '@bufbuild/protobuf/wkt';
import {
  EnvoyFilter_ApplyTo as ApplyTo,
  EnvoyFilterSchema,
  EnvoyFilter_Filter_FilterType as FilterType,
} from '@quintet/proto/istio/networking/v1alpha3/envoy_filter_pb.js';
import type { ConfigObject } from '../config-object.ts';
import { jsonToLocated } from '../decode/json.ts';
import { childPath, childText, type Located, type LocatedEntry, type LocatedMap } from '../decode/located.ts';
import { decodeMessage } from '../decode/message.ts';
import { suggest } from '../decode/suggest.ts';
import { isWellKnown } from '../decode/well-known.ts';
import type { Finding } from '../finding.ts';
import { isOfSchema } from '../kinds/kind.ts';
import { extensionRow, v3Field, v3TypeName } from './envoy-v2.ts';
import { collect, type Report, shown } from './report.ts';

/** The message of Envoy's API that the value of a patch is a part of. */
const PATCHED: ReadonlyMap<ApplyTo, string> = new Map([
  [ApplyTo.LISTENER, 'envoy.config.listener.v3.Listener'],
  [ApplyTo.FILTER_CHAIN, 'envoy.config.listener.v3.FilterChain'],
  [ApplyTo.NETWORK_FILTER, 'envoy.config.listener.v3.Filter'],
  [ApplyTo.LISTENER_FILTER, 'envoy.config.listener.v3.ListenerFilter'],
  [ApplyTo.HTTP_FILTER, 'envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter'],
  [ApplyTo.ROUTE_CONFIGURATION, 'envoy.config.route.v3.RouteConfiguration'],
  [ApplyTo.VIRTUAL_HOST, 'envoy.config.route.v3.VirtualHost'],
  [ApplyTo.HTTP_ROUTE, 'envoy.config.route.v3.Route'],
  [ApplyTo.CLUSTER, 'envoy.config.cluster.v3.Cluster'],
  [ApplyTo.EXTENSION_CONFIG, 'envoy.config.core.v3.TypedExtensionConfig'],
  [ApplyTo.BOOTSTRAP, 'envoy.config.bootstrap.v3.Bootstrap'],
]);

/**
 * Makes a check of what EnvoyFilters put into proxies: every value is decoded as the v3 message it is a part of, so
 * that unknown fields and values of the wrong type are errors with their path. What v2 has and v3 has not is a
 * warning, and so is a type that `types` does not know: it cannot be checked.
 * @param types Envoy's messages, which are many: whoever has no EnvoyFilter need not load them.
 */
export function createEnvoyValueCheck(types: Registry): (object: ConfigObject) => readonly Finding[] {
  const check = new ValueCheck(types);
  return (object) => {
    if (!isOfSchema(object, EnvoyFilterSchema)) return [];
    const { configPatches, filters } = object.spec;
    return [
      ...configPatches.flatMap(({ applyTo, patch }, index) => {
        const desc = types.getMessage(PATCHED.get(applyTo) ?? '');
        if (desc === undefined || patch?.value === undefined) return [];
        return check.value(desc, jsonToLocated(patch.value), `spec.configPatches[${index}].patch.value`);
      }),
      ...filters.flatMap(({ filterType, filterName, filterConfig }, index) => {
        const patched = filterType === FilterType.HTTP ? ApplyTo.HTTP_FILTER : ApplyTo.NETWORK_FILTER;
        const desc = types.getMessage(extensionRow(PATCHED.get(patched) ?? '', filterName)?.type ?? '');
        if (desc === undefined || filterConfig === undefined) return [];
        const found = check.value(desc, jsonToLocated(filterConfig), `spec.filters[${index}].filterConfig`);
        // The older form is in the words of v2: only a warning can be made of what v3 does not know.
        return found.map((finding): Finding => ({ ...finding, code: 'IST0133', severity: 'warning' }));
      }),
    ];
  };
}

/** A value without what cannot be decoded by v3, which is reported instead. */
class ValueCheck {
  readonly #types: Registry;
  readonly #packages: ReadonlySet<string>;

  constructor(types: Registry) {
    this.#types = types;
    this.#packages = new Set(messageNames(types).map(packageOf));
  }

  value(desc: DescMessage, node: Located, path: string): readonly Finding[] {
    let current: Located | undefined;
    const found = collect((report) => {
      current = this.#message(desc, node, path, report);
    });
    if (current === undefined) return found;
    const resolveType = (name: string): DescMessage | undefined => this.#types.getMessage(name);
    const { findings } = decodeMessage(desc, current, { path, resolveType });
    return [...found, ...findings.map(({ line: _, ...finding }) => finding)];
  }

  #message(desc: DescMessage, node: Located, path: string, report: Report): Located | undefined {
    if (desc.typeName === AnySchema.typeName) return this.#any(node, path, report);
    if (isWellKnown(desc) || node.kind !== 'map') return node;
    return { ...node, entries: this.#fields(desc, node, path, report) };
  }

  #fields(desc: DescMessage, node: LocatedMap, path: string, report: Report): Map<string, LocatedEntry> {
    const entries = new Map<string, LocatedEntry>();
    const name = childText(node, 'name');
    const row = name === undefined ? undefined : extensionRow(desc.typeName, name);
    if (name !== undefined && row !== undefined && row.v3 !== name)
      report(
        `${path}.name`,
        `${shown(name)} is the name in Envoy's API v2; in v3 it is "${row.v3}"`,
        'warning',
      );
    for (const [key, entry] of node.entries) {
      const at = childPath(path, key);
      const field = desc.fields.find((each) => each.jsonName === key || each.name === key);
      const instead = field === undefined ? v3Field(desc.typeName, key) : undefined;
      if (instead !== undefined) {
        const type = key === 'config' && row !== undefined ? ` "type.googleapis.com/${row.type}"` : '';
        report(at, `the field is of Envoy's API v2; in v3 it is ${instead}${type}`, 'warning');
        continue;
      }
      const value = field === undefined ? entry.value : this.#field(field, entry.value, at, report);
      if (value !== undefined) entries.set(key, { ...entry, value });
    }
    return entries;
  }

  #field(field: DescField, node: Located, path: string, report: Report): Located | undefined {
    const { message } = field;
    if (message === undefined) return node;
    if (field.fieldKind === 'message') return this.#message(message, node, path, report);
    if (field.fieldKind === 'list' && node.kind === 'list') {
      const items = node.items.flatMap(
        (item, index) => this.#message(message, item, `${path}[${index}]`, report) ?? [],
      );
      return { ...node, items };
    }
    if (field.fieldKind === 'map' && node.kind === 'map') {
      const entries = [...node.entries].flatMap(([key, entry]): [string, LocatedEntry][] => {
        const value = this.#message(message, entry.value, childPath(path, key), report);
        return value === undefined ? [] : [[key, { ...entry, value }]];
      });
      return { ...node, entries: new Map(entries) };
    }
    return node;
  }

  /** A value that names its type. Types of v2 are told of by the check that needs no types. */
  #any(node: Located, path: string, report: Report): Located | undefined {
    const url = childText(node, '@type');
    if (node.kind !== 'map' || url === undefined) return node;
    const typeName = url.slice(url.lastIndexOf('/') + 1);
    if (v3TypeName(typeName) !== undefined) return undefined;
    const desc = this.#types.getMessage(typeName);
    if (desc !== undefined) return this.#message(desc, node, path, report);
    if (this.#packages.has(packageOf(typeName))) {
      const guess = suggest(typeName, messageNames(this.#types));
      const hint = guess === undefined ? '' : `; did you mean "${guess}"?`;
      report(`${path}.@type`, `expected a type of Envoy's API v3, found ${shown(url)}${hint}`);
    } else
      report(
        `${path}.@type`,
        `the type ${shown(url)} is not known here: its value is not checked`,
        'warning',
      );
    return undefined;
  }
}

function messageNames(types: Registry): readonly string[] {
  return [...types].flatMap((each) => (each.kind === 'message' ? [each.typeName] : []));
}

function packageOf(typeName: string): string {
  return typeName.slice(0, Math.max(0, typeName.lastIndexOf('.')));
}
