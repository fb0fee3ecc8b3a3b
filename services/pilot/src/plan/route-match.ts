import { type Labels, labelsMatch } from '@quintet/model';
import type {
  HTTPMatchRequest,
  StringMatch,
} from '@quintet/proto/istio/networking/v1alpha3/virtual_service_pb.js';
import { resolveGateways } from '../snapshot/virtual-services.ts';
import type { TextMatch } from './access-types.ts';
import type { RouteMatch } from './route-types.ts';

/** Where requests come in for which a virtual service is read: decides which of its matches count at all. */
export type Place = {
  /** `mesh` for sidecars, else the gateways of a listener as `<namespace>/<name>`. */
  readonly gateways: ReadonlySet<string>;
  /** The port requests are sent to. */
  readonly port: number;
  readonly labels: Labels;
  /** Namespace of the client's workload. */
  readonly namespace: string;
};

/** Any path. */
export const ANY_REQUEST: RouteMatch = {
  path: { kind: 'prefix', value: '/' },
  ignoreCase: false,
  headers: [],
  queryParameters: [],
};

/**
 * True when a match can be met at this place. Gateways of a match, where it names any, decide instead of its source
 * labels.
 */
export function matchApplies(
  match: {
    readonly gateways: readonly string[];
    readonly sourceLabels: Labels;
    readonly port: number;
    readonly sourceNamespace: string;
  },
  place: Place,
  home: string,
): boolean {
  if (match.port !== 0 && match.port !== place.port) return false;
  if (match.sourceNamespace !== '' && match.sourceNamespace !== place.namespace) return false;
  if (match.gateways.length === 0) return labelsMatch(match.sourceLabels, place.labels);
  return resolveGateways(match.gateways, home).some((gateway) => place.gateways.has(gateway));
}

/** What a request has to look like. */
export function routeMatch(match: HTTPMatchRequest): RouteMatch {
  const pseudo = [
    { name: ':scheme', text: match.scheme },
    { name: ':method', text: match.method },
    { name: ':authority', text: match.authority },
  ].flatMap(({ name, text }) => (text ? [{ name, match: textMatch(text), invert: false }] : []));
  return {
    path: pathMatch(match.uri),
    ignoreCase: match.ignoreUriCase,
    headers: [
      ...headerMatches(match.headers, false),
      ...headerMatches(match.withoutHeaders, true),
      ...pseudo,
    ],
    queryParameters: sortedEntries(match.queryParams).map(([name, text]) => ({
      name,
      match: textMatch(text),
    })),
  };
}

/** True when nothing is asked of a request. */
export function matchesEverything(match: RouteMatch): boolean {
  const { path, headers, queryParameters } = match;
  const anyPath =
    (path.kind === 'prefix' && path.value === '/') || (path.kind === 'regex' && path.value === '.*');
  return anyPath && headers.length === 0 && queryParameters.length === 0;
}

/** A text match of the configuration; one without a kind asks only that the value is there. */
export function textMatch({ matchType }: StringMatch): TextMatch {
  return matchType.case === undefined
    ? { kind: 'present' }
    : { kind: matchType.case, value: matchType.value };
}

function pathMatch(uri: StringMatch | undefined): RouteMatch['path'] {
  if (uri?.matchType.case === undefined) return ANY_REQUEST.path;
  return { kind: uri.matchType.case, value: uri.matchType.value };
}

function headerMatches(
  written: Readonly<Record<string, StringMatch>>,
  invert: boolean,
): RouteMatch['headers'] {
  const lower = Object.entries(written).map(([name, text]): [string, StringMatch] => [
    name.toLowerCase(),
    text,
  ]);
  return sortedEntries(Object.fromEntries(lower)).map(([name, text]) => ({
    name,
    match: textMatch(text),
    invert,
  }));
}

function sortedEntries<Value>(map: Readonly<Record<string, Value>>): [string, Value][] {
  return Object.entries(map).toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}
