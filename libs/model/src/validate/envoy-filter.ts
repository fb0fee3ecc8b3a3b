import {
  EnvoyFilter_ApplyTo as ApplyTo,
  type EnvoyFilter,
  type EnvoyFilter_EnvoyConfigObjectMatch,
  type EnvoyFilter_EnvoyConfigObjectPatch,
  type EnvoyFilter_Filter,
  type EnvoyFilter_ListenerMatch,
  EnvoyFilter_Filter_FilterType as FilterType,
  EnvoyFilter_InsertPosition_Index as Index,
  EnvoyFilter_Patch_Operation as Operation,
} from '@quintet/proto/istio/networking/v1alpha3/envoy_filter_pb.js';
import type { ConfigObject } from '../config-object.ts';
import { childPath } from '../decode/located.ts';
import type { Finding } from '../finding.ts';
import { extensionRow, v3TypeName } from './envoy-v2.ts';
import { warnOfLabels } from './names.ts';
import { collect, type Report, shown } from './report.ts';
import { checkRegex } from './string-match.ts';
import { checkIpOrRange } from './values.ts';
import { checkWorkloadSelector } from './workload-selector.ts';

const HTTP_FILTER = 'envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter';
const NETWORK_FILTER = 'envoy.config.listener.v3.Filter';
const HTTP_CONNECTION_MANAGER = 'envoy.filters.network.http_connection_manager';

/**
 * Checks an EnvoyFilter, but for whether its values fit Envoy's API: see {@link createEnvoyValueCheck}. What is of
 * Envoy's API v2 is a warning that names its form in v3.
 */
export function validateEnvoyFilter({ spec }: ConfigObject<EnvoyFilter>): readonly Finding[] {
  return collect((report) => {
    if (spec.filters.length === 0 && spec.configPatches.length === 0)
      report('spec.configPatches', 'expected at least one patch, found none');
    checkWorkloadSelector(spec.workloadSelector, report);
    warnOfLabels(spec.workloadLabels, 'spec.workloadLabels', report);
    for (const [index, filter] of spec.filters.entries())
      checkFilter(filter, `spec.filters[${index}]`, report);
    for (const [index, patch] of spec.configPatches.entries())
      checkPatch(patch, `spec.configPatches[${index}]`, report);
  });
}

/** The older form: a filter and where it goes. */
function checkFilter(filter: EnvoyFilter_Filter, path: string, report: Report): void {
  const { listenerMatch, insertPosition, filterType, filterName, filterConfig } = filter;
  for (const [index, address] of (listenerMatch?.address ?? []).entries())
    checkIpOrRange(address, `${path}.listenerMatch.address[${index}]`, report);
  const beside = insertPosition?.index === Index.BEFORE || insertPosition?.index === Index.AFTER;
  if (beside && insertPosition.relativeTo === '') {
    const message = `${Index[insertPosition.index]} needs the name of a filter, found none`;
    report(`${path}.insertPosition.relativeTo`, message);
  }
  if (filterType === FilterType.INVALID) report(`${path}.filterType`, 'expected HTTP or NETWORK, found none');
  if (filterName === '') report(`${path}.filterName`, 'expected the name of a filter, found none');
  if (filterConfig === undefined) report(`${path}.filterConfig`, 'expected a configuration, found none');
  const holder = filterType === FilterType.HTTP ? HTTP_FILTER : NETWORK_FILTER;
  checkName(holder, filterName, `${path}.filterName`, report);
  checkName(holder, insertPosition?.relativeTo ?? '', `${path}.insertPosition.relativeTo`, report);
  if (filterConfig !== undefined) checkTypes(filterConfig, `${path}.filterConfig`, report);
}

function checkPatch(
  { applyTo, match, patch }: EnvoyFilter_EnvoyConfigObjectPatch,
  path: string,
  report: Report,
): void {
  if (applyTo === ApplyTo.INVALID) report(`${path}.applyTo`, 'expected a kind of object, found none');
  if (patch === undefined) report(`${path}.patch`, 'expected a patch, found none');
  else {
    const { operation, value } = patch;
    if (operation === Operation.INVALID)
      report(`${path}.patch.operation`, 'expected an operation, found none');
    if (operation !== Operation.REMOVE && value === undefined)
      report(`${path}.patch.value`, 'expected a value, found none: only REMOVE needs none');
    if (value !== undefined) checkTypes(value, `${path}.patch.value`, report);
  }
  if (match !== undefined) checkMatch(match, applyTo, `${path}.match`, report);
}

/** Which match goes with a kind of object. */
const MATCH_OF: ReadonlyMap<ApplyTo, string> = new Map([
  [ApplyTo.LISTENER, 'listener'],
  [ApplyTo.FILTER_CHAIN, 'listener'],
  [ApplyTo.NETWORK_FILTER, 'listener'],
  [ApplyTo.HTTP_FILTER, 'listener'],
  [ApplyTo.LISTENER_FILTER, 'listener'],
  [ApplyTo.ROUTE_CONFIGURATION, 'routeConfiguration'],
  [ApplyTo.VIRTUAL_HOST, 'routeConfiguration'],
  [ApplyTo.HTTP_ROUTE, 'routeConfiguration'],
  [ApplyTo.CLUSTER, 'cluster'],
]);

function checkMatch(
  { proxy, objectTypes }: EnvoyFilter_EnvoyConfigObjectMatch,
  applyTo: ApplyTo,
  path: string,
  report: Report,
): void {
  if (proxy !== undefined && proxy.proxyVersion !== '')
    checkRegex(proxy.proxyVersion, `${path}.proxy.proxyVersion`, report);
  const expected = MATCH_OF.get(applyTo);
  if (objectTypes.case === undefined || objectTypes.case === 'waypoint') return;
  if (expected !== undefined && objectTypes.case !== expected) {
    report(
      `${path}.${objectTypes.case}`,
      `${ApplyTo[applyTo]} is matched by ${expected}: expected no ${objectTypes.case}`,
    );
    return;
  }
  if (objectTypes.case === 'listener')
    checkListenerMatch(objectTypes.value, applyTo, `${path}.listener`, report);
}

function checkListenerMatch(
  { filterChain }: EnvoyFilter_ListenerMatch,
  applyTo: ApplyTo,
  path: string,
  report: Report,
): void {
  const filter = filterChain?.filter;
  if (filter === undefined) return;
  const at = `${path}.filterChain.filter`;
  if (filter.name === '') report(`${at}.name`, 'expected the name of a filter, found none');
  checkName(NETWORK_FILTER, filter.name, `${at}.name`, report);
  const { subFilter } = filter;
  if (subFilter === undefined) return;
  if (applyTo !== ApplyTo.HTTP_FILTER)
    report(
      `${at}.subFilter`,
      `only HTTP_FILTER is matched by subFilter: expected none with ${ApplyTo[applyTo] ?? applyTo}`,
    );
  const current = extensionRow(NETWORK_FILTER, filter.name)?.v3;
  if (filter.name !== '' && current !== HTTP_CONNECTION_MANAGER)
    report(`${at}.name`, `subFilter is inside "${HTTP_CONNECTION_MANAGER}", found ${shown(filter.name)}`);
  if (subFilter.name === '') report(`${at}.subFilter.name`, 'expected the name of a filter, found none');
  checkName(HTTP_FILTER, subFilter.name, `${at}.subFilter.name`, report);
}

/** Names of v2 are understood: they are taken for those of v3. */
function checkName(holder: string, name: string, path: string, report: Report): void {
  const row = extensionRow(holder, name);
  if (row !== undefined && row.v3 !== name)
    report(path, `${shown(name)} is the name in Envoy's API v2; in v3 it is "${row.v3}"`, 'warning');
}

/** Finds the types of `@type` everywhere in a value that are of v2. */
function checkTypes(value: unknown, path: string, report: Report): void {
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) checkTypes(item, `${path}[${index}]`, report);
    return;
  }
  for (const [key, item] of Object.entries(value)) {
    const at = childPath(path, key);
    if (key !== '@type' || typeof item !== 'string') checkTypes(item, at, report);
    else {
      const current = v3TypeName(item.slice(item.lastIndexOf('/') + 1));
      if (current !== undefined)
        report(
          at,
          `${shown(item)} is of Envoy's API v2; in v3 it is "type.googleapis.com/${current}"`,
          'warning',
        );
    }
  }
}
