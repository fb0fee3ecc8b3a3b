import { type AnalysisFinding, type Analyzer, found } from '../analyzer.ts';
import type { VirtualServiceView } from '../world/virtual-services.ts';
import { coveringRule, httpRules, type Rule, type RuleList, tcpRules, tlsRules } from './rules.ts';

/** Rules and matches of one virtual service that an earlier one leaves nothing for. */
export const unreachableRouteAnalyzer: Analyzer = {
  name: 'virtualservice.UnreachableRouteAnalyzer',
  summary: 'Routes and matches that an earlier one of the VirtualService leaves nothing for',
  codes: ['QTT4001', 'QTT4002'],
  analyze: ({ virtualServices }) =>
    virtualServices.flatMap((service) => [
      ...listFindings(service, httpRules(service.spec)),
      ...listFindings(service, tlsRules(service.spec)),
      ...listFindings(service, tcpRules(service.spec)),
    ]),
};

function listFindings<Match>(service: VirtualServiceView, list: RuleList<Match>): AnalysisFinding[] {
  return list.rules.flatMap((rule, index) =>
    ruleFindings(service, rule, { list, earlier: list.rules.slice(0, index) }),
  );
}

function ruleFindings<Match>(
  service: VirtualServiceView,
  rule: Rule<Match>,
  { list, earlier }: { readonly list: RuleList<Match>; readonly earlier: readonly Rule<Match>[] },
): AnalysisFinding[] {
  const { subject } = service;
  const how = { covers: list.covers, place: service };
  const coverers = rule.matches.map((match) => coveringRule(match, earlier, how));
  const [first] = coverers;
  if (first !== undefined && coverers.every((coverer) => coverer !== undefined))
    return [found('QTT4001', { subject, path: rule.path }, [rule.path, first.path])];
  if (!rule.written) return [];
  return rule.matches.flatMap((match, index) => {
    const path = `${rule.path}.match[${index}]`;
    const before = rule.matches.findIndex((wide) => list.covers(wide, match, service));
    const own = before >= 0 && before < index ? `${rule.path}.match[${before}]` : undefined;
    const by = coverers[index]?.path ?? own;
    return by === undefined ? [] : [found('QTT4002', { subject, path }, [path, by])];
  });
}
