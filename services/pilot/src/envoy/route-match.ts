import { create } from '@bufbuild/protobuf';
import {
  type RouteMatch as EnvoyRouteMatch,
  type QueryParameterMatcher,
  QueryParameterMatcherSchema,
  RouteMatchSchema,
} from '@quintet/proto/envoy/config/route/v3/route_components_pb.js';
import type { TextMatch } from '../plan/access-types.ts';
import type { RouteMatch } from '../plan/route-types.ts';
import { headerMatcher } from './header-matcher.ts';
import { regexMatcher, stringMatcher } from './text-matcher.ts';

export function routeMatch(match: RouteMatch): EnvoyRouteMatch {
  return create(RouteMatchSchema, {
    pathSpecifier: pathSpecifier(match),
    caseSensitive: !match.ignoreCase,
    headers: match.headers.map((header) => headerMatcher(header.name, header.match, header.invert)),
    queryParameters: match.queryParameters.map(({ name, match: value }) => queryParameter(name, value)),
  });
}

function pathSpecifier({ path }: RouteMatch): EnvoyRouteMatch['pathSpecifier'] {
  switch (path.kind) {
    case 'exact':
      return { case: 'path', value: path.value };
    case 'prefix':
      return { case: 'prefix', value: path.value };
    case 'regex':
      return { case: 'safeRegex', value: regexMatcher(path.value) };
  }
}

function queryParameter(name: string, match: TextMatch): QueryParameterMatcher {
  return create(QueryParameterMatcherSchema, {
    name,
    queryParameterMatchSpecifier:
      match.kind === 'present'
        ? { case: 'presentMatch', value: true }
        : { case: 'stringMatch', value: stringMatcher(match) },
  });
}
