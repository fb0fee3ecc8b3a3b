import type { DestinationRule } from '@quintet/proto/istio/networking/v1alpha3/destination_rule_pb.js';
import { TLSSettings_TLSmode } from '@quintet/proto/istio/networking/v1alpha3/tls_pb.js';
import { matchHost } from '../../hosts.ts';
import { PEER_AUTHENTICATION } from '../../kinds/security.ts';
import { type AnalysisFinding, type Analyzer, found } from '../analyzer.ts';
import { isSystemNamespace } from '../classic/injection.ts';
import { fullName } from '../classic/mesh-host-conflicts.ts';
import type { DestinationRuleView } from '../world/destination-rules.ts';
import type { KnownPort, KnownService } from '../world/known-services.ts';
import type { WorldIndex } from '../world/world-index.ts';
import { type StrictBy, strictFinder } from './server-mutual-tls.ts';

/** Callers that send plaintext, or TLS of another kind, to servers that accept mutual TLS only. */
export const mutualTlsClientAnalyzer: Analyzer = {
  name: 'auth.MutualTlsClientAnalyzer',
  summary: 'Callers that do not speak mutual TLS to services that accept nothing else',
  codes: ['QTT4009', 'QTT4010'],
  analyze: (index) => {
    const strictBy = strictFinder(index);
    const callers = callersOf(index);
    const findings = index.services.all
      .filter((service) => isInMesh(service, index))
      .flatMap((service) =>
        service.ports
          .filter(({ transport }) => transport !== 'UDP')
          .flatMap((port) => {
            const by = strictBy(service, port);
            return by === undefined ? [] : callerFindings({ service, port, by }, callers);
          }),
      );
    return withoutRepeats(findings);
  },
};

/** A port that accepts mutual TLS only. */
type StrictPort = { readonly service: KnownService; readonly port: KnownPort; readonly by: StrictBy };

/** What is the same for all ports: who calls, and by which rules. */
type Callers = {
  readonly index: WorldIndex;
  /** Namespaces with rules of their own: all others see what the service's namespace sees. */
  readonly namespaces: ReadonlySet<string>;
  /** Rules that say ISTIO_MUTUAL for whatever they are about. */
  readonly mutual: readonly DestinationRuleView[];
};

function callersOf(index: WorldIndex): Callers {
  const { all } = index.destinationRules;
  return {
    index,
    namespaces: new Set(all.map(({ namespace }) => namespace)),
    mutual: all.filter(({ spec }) => spec.trafficPolicy?.tls?.mode === TLSSettings_TLSmode.ISTIO_MUTUAL),
  };
}

function callerFindings(strict: StrictPort, callers: Callers): AnalysisFinding[] {
  const { service } = strict;
  const { destinationRules, world } = callers.index;
  const clients = new Set([service.namespace, ...callers.namespaces]);
  return [...clients].flatMap((clientNamespace) => {
    const query = { host: service.host, serviceNamespace: service.namespace, clientNamespace };
    const rules = destinationRules.find(query);
    if (rules.length > 0) return rulesFindings(rules, strict, callers);
    return clientNamespace === service.namespace && !world.meshConfig.enableAutoMtls
      ? noRuleFinding(strict, callers.index)
      : [];
  });
}

/**
 * Policies hold where there is a proxy: not outside the mesh, nor for the API server. In a cluster they do not hold for
 * Services whose endpoints somebody made by hand either, nor for those whose pods were all seen to have no proxy.
 */
function isInMesh(service: KnownService, { world, workloads }: WorldIndex): boolean {
  const { external, subject, selector, namespace } = service;
  if (external || isSystemNamespace(namespace)) return false;
  if (subject.kind !== 'Service') return true;
  if (selector === undefined)
    return !world.complete && service.host !== `kubernetes.default.svc.${world.domain}`;
  const pods = workloads.select(selector, namespace).filter(({ proxied }) => proxied !== undefined);
  return !world.complete || pods.length === 0 || pods.some(({ proxied }) => proxied);
}

type Written = {
  readonly rule: DestinationRuleView;
  readonly path: string;
  readonly mode: TLSSettings_TLSmode;
};

function rulesFindings(
  rules: readonly DestinationRuleView[],
  { service, port, by }: StrictPort,
  { index, mutual }: Callers,
): AnalysisFinding[] {
  const [rule] = rules;
  const strict = `${by.kind} ${fullName(by)}`;
  const said = rules.flatMap((each): Written[] => {
    const setting = tlsOf(each.spec, port);
    return setting === undefined ? [] : [{ rule: each, ...setting }];
  })[0];
  if (said !== undefined) {
    if (said.mode === TLSSettings_TLSmode.ISTIO_MUTUAL) return [];
    const at = { subject: said.rule.subject, path: said.path };
    return [found('QTT4010', at, [service.host, `TLS mode ${TLSSettings_TLSmode[said.mode]}`, strict])];
  }
  if (rule === undefined || index.world.meshConfig.enableAutoMtls) return [];
  if (subsetsSpeakMutualTls(rules)) return [];
  const general = mutual.find((other) => !rules.includes(other) && matchHost(other.host, service.host));
  const place = general === undefined ? 'automatic settings' : `DestinationRule ${fullName(general.subject)}`;
  const path = rule.spec.trafficPolicy === undefined ? 'spec' : 'spec.trafficPolicy';
  return [found('QTT4009', { subject: rule.subject, path }, [place, service.host])];
}

/** The TLS setting of a rule for a port: of the port, else of all. */
function tlsOf({ trafficPolicy }: DestinationRule, port: KnownPort) {
  const at = trafficPolicy?.portLevelSettings.findIndex((each) => each.port?.number === port.number) ?? -1;
  const own = trafficPolicy?.portLevelSettings[at]?.tls;
  if (own !== undefined)
    return { path: `spec.trafficPolicy.portLevelSettings[${at}].tls.mode`, mode: own.mode };
  const { tls } = trafficPolicy ?? {};
  return tls && { path: 'spec.trafficPolicy.tls.mode', mode: tls.mode };
}

function subsetsSpeakMutualTls(rules: readonly DestinationRuleView[]): boolean {
  const subsets = rules.flatMap(({ spec }) => spec.subsets);
  return (
    subsets.length > 0 &&
    subsets.every(({ trafficPolicy }) => trafficPolicy?.tls?.mode === TLSSettings_TLSmode.ISTIO_MUTUAL)
  );
}

/**
 * Nobody told callers to use TLS. Whoever writes a PeerAuthentication takes automatic mutual TLS for granted, as the
 * releases that have it do: it is a finding only when the mesh configuration was written and leaves it off.
 */
function noRuleFinding({ service, by }: StrictPort, { world }: WorldIndex): AnalysisFinding[] {
  if (by.kind === PEER_AUTHENTICATION.kind && !world.meshConfigWritten) return [];
  const why = 'no DestinationRule says ISTIO_MUTUAL, and automatic mutual TLS is off';
  return [found('QTT4010', { subject: by, path: 'spec' }, [service.host, 'plaintext', why])];
}

/** A rule is named once for each service, whatever the number of ports and callers. */
function withoutRepeats(findings: readonly AnalysisFinding[]): readonly AnalysisFinding[] {
  const seen = new Set<string>();
  return findings.filter(({ subject, path, message }) => {
    const key = JSON.stringify([subject.kind, subject.namespace, subject.name, path, message]);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
