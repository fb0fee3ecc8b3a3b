import { create } from '@bufbuild/protobuf';
import {
  type HTTPMatchRequest,
  HTTPMatchRequestSchema,
  type L4MatchAttributes,
  L4MatchAttributesSchema,
  type TLSMatchAttributes,
  type VirtualService,
} from '@quintet/proto/istio/networking/v1alpha3/virtual_service_pb.js';
import { coversHttp, coversL4, coversTls, type MatchPlace } from './match-cover.ts';

/** A rule of a virtual service: its matches, of which one is enough. Without any it has one that takes everything. */
export type Rule<Match> = {
  /** `spec.http[2]` */
  readonly path: string;
  /** True when the matches are written. */
  readonly written: boolean;
  readonly matches: readonly Match[];
  /** False where what matches may go on to the next rule. */
  readonly final: boolean;
};

/** The rules of one kind, in their order, and how their matches compare. */
export type RuleList<Match> = {
  readonly rules: readonly Rule<Match>[];
  readonly covers: (wide: Match, narrow: Match, place: MatchPlace) => boolean;
};

/** The HTTP rules of a virtual service. What a delegate does not take goes on to the next rule. */
export function httpRules({ http }: VirtualService): RuleList<HTTPMatchRequest> {
  const rules = http.map(({ match, delegate }, index) => {
    const matches = match.length > 0 ? match : [create(HTTPMatchRequestSchema)];
    return { path: `spec.http[${index}]`, written: match.length > 0, matches, final: delegate === undefined };
  });
  return { rules, covers: coversHttp };
}

/** The TLS rules of a virtual service. */
export function tlsRules({ tls }: VirtualService): RuleList<TLSMatchAttributes> {
  const rules = tls.map(({ match }, index) => {
    return { path: `spec.tls[${index}]`, written: true, matches: match, final: true };
  });
  return { rules, covers: coversTls };
}

/** The TCP rules of a virtual service. */
export function tcpRules({ tcp }: VirtualService): RuleList<L4MatchAttributes> {
  const rules = tcp.map(({ match }, index) => {
    const matches = match.length > 0 ? match : [create(L4MatchAttributesSchema)];
    return { path: `spec.tcp[${index}]`, written: match.length > 0, matches, final: true };
  });
  return { rules, covers: coversL4 };
}

/** The first rule that takes everything a match stands for, of those before it. */
export function coveringRule<Match>(
  match: Match,
  earlier: readonly Rule<Match>[],
  { covers, place }: Pick<RuleList<Match>, 'covers'> & { readonly place: MatchPlace },
): Rule<Match> | undefined {
  return earlier.find(({ final, matches }) => final && matches.some((wide) => covers(wide, match, place)));
}
