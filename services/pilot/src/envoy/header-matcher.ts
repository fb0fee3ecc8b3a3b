import { create } from '@bufbuild/protobuf';
import {
  type HeaderMatcher,
  HeaderMatcherSchema,
} from '@quintet/proto/envoy/config/route/v3/route_components_pb.js';
import type { TextMatch } from '../plan/access-types.ts';
import { stringMatcher } from './text-matcher.ts';

/** A match over one header or pseudo header; `present` asks only that the header is there. */
export function headerMatcher(name: string, match: TextMatch, invert = false): HeaderMatcher {
  return create(HeaderMatcherSchema, {
    name,
    invertMatch: invert,
    headerMatchSpecifier:
      match.kind === 'present'
        ? { case: 'presentMatch', value: true }
        : { case: 'stringMatch', value: stringMatcher(match) },
  });
}
