import { create } from '@bufbuild/protobuf';
import { type RegexMatcher, RegexMatcherSchema } from '@quintet/proto/envoy/type/matcher/v3/regex_pb.js';
import { type StringMatcher, StringMatcherSchema } from '@quintet/proto/envoy/type/matcher/v3/string_pb.js';
import type { TextMatch } from '../plan/access-types.ts';

/** A regular expression of RE2 syntax that has to match the whole text. */
export function regexMatcher(regex: string): RegexMatcher {
  return create(RegexMatcherSchema, { regex });
}

/** A match over a text. `present` becomes "at least one character". */
export function stringMatcher(match: TextMatch, ignoreCase = false): StringMatcher {
  return create(StringMatcherSchema, { matchPattern: pattern(match), ignoreCase });
}

function pattern(match: TextMatch): StringMatcher['matchPattern'] {
  switch (match.kind) {
    case 'exact':
    case 'prefix':
    case 'suffix':
      return { case: match.kind, value: match.value };
    case 'regex':
      return { case: 'safeRegex', value: regexMatcher(match.value) };
    case 'present':
      return { case: 'safeRegex', value: regexMatcher('.+') };
  }
}
