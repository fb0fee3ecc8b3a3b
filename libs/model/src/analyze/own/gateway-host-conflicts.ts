import { MESH_GATEWAY } from '../../hosts.ts';
import { type AnalysisFinding, type Analyzer, found } from '../analyzer.ts';
import { fullName } from '../classic/mesh-host-conflicts.ts';
import type { VirtualServiceView } from '../world/virtual-services.ts';
import { seenTogether } from '../world/visibility.ts';
import type { MatchPlace } from './match-cover.ts';
import { coveringRule, httpRules, type Rule, type RuleList, tcpRules, tlsRules } from './rules.ts';

/** Virtual services that meet on one host of a gateway, where their routes are put together. */
export const gatewayHostConflictAnalyzer: Analyzer = {
  name: 'virtualservice.ConflictingGatewayHostsAnalyzer',
  summary: 'Hosts that several VirtualServices define on one gateway',
  codes: ['QTT4003'],
  analyze: ({ virtualServices }) => {
    const claims = virtualServices.flatMap((service) =>
      service.gateways
        .filter((gateway) => gateway !== MESH_GATEWAY)
        .flatMap((gateway) => service.hosts.map((host, index) => ({ service, gateway, host, index }))),
    );
    const met = Map.groupBy(claims, ({ gateway, host }) => `${gateway} ${host}`);
    return [...met.values()].flatMap((all) =>
      all.flatMap((claim, at) => {
        const older = all
          .slice(0, at)
          .find(({ service }) => service !== claim.service && seenTogether(service, claim.service));
        return older === undefined ? [] : [meeting(older.service, claim)];
      }),
    );
  },
};

type Claim = {
  readonly service: VirtualServiceView;
  readonly gateway: string;
  readonly host: string;
  readonly index: number;
};

function meeting(older: VirtualServiceView, { service, gateway, host, index }: Claim): AnalysisFinding {
  const names = [older, service].map(fullName).join(',');
  const at = { subject: service.subject, path: `spec.hosts[${index}]` };
  const lost = lostRule(older, service, gateway);
  if (lost !== undefined) return found('QTT4003', at, [names, host, gateway, lost]);
  const together = 'their routes are put together, those of the oldest first';
  return found('QTT4003', { ...at, severity: 'info' }, [names, host, gateway, together]);
}

/** Says which rule of the younger one is never reached; undefined when all are. */
function lostRule(
  older: VirtualServiceView,
  younger: VirtualServiceView,
  gateway: string,
): string | undefined {
  const place = { namespace: younger.namespace, gateways: [gateway] };
  const lost =
    lostOf(httpRules(older.spec), httpRules(younger.spec), place) ??
    lostOf(tlsRules(older.spec), tlsRules(younger.spec), place) ??
    lostOf(tcpRules(older.spec), tcpRules(younger.spec), place);
  if (lost === undefined) return undefined;
  return `${lost.rule} of ${fullName(younger)} is never reached, because ${lost.by} of ${fullName(older)} takes its requests`;
}

/** Rules that take everything are put last, whichever virtual service they stand in. */
function lostOf<Match>(
  older: RuleList<Match>,
  younger: RuleList<Match>,
  place: MatchPlace,
): { readonly rule: string; readonly by: string } | undefined {
  const how = { covers: older.covers, place };
  for (const rule of younger.rules) {
    const rivals = rule.written ? older.rules.filter(({ written }) => written) : older.rules;
    const coverers = rule.matches.map((match): Rule<Match> | undefined => coveringRule(match, rivals, how));
    const [first] = coverers;
    if (first !== undefined && coverers.every((coverer) => coverer !== undefined))
      return { rule: rule.path, by: first.path };
  }
  return undefined;
}
