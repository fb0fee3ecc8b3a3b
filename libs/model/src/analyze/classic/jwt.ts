import type { Policy, TargetSelector } from '@quintet/proto/istio/authentication/v1alpha1/policy_pb.js';
import { resolveHost } from '../../hosts.ts';
import { POLICY } from '../../kinds/authentication.ts';
import type { NativeService, NativeServicePort } from '../../native/service.ts';
import { isHttpProtocol, protocolOfServicePort } from '../../port-protocol.ts';
import { type AnalysisFinding, type Analyzer, found } from '../analyzer.ts';
import { pickKind } from '../world/pick-kind.ts';
import { nativeOf } from '../world/world-index.ts';

/** Tokens asked for on ports where nobody looks for them, because the port is not known to speak HTTP. */
export const jwtAnalyzer: Analyzer = {
  name: 'auth.JwtAnalyzer',
  summary: 'Policies with JWT whose services have ports that are not known to be HTTP',
  codes: ['IST0119'],
  analyze: ({ world }) => {
    const byHost = Map.groupBy(
      nativeOf(world, 'Service'),
      ({ name, namespace }) => `${name}.${namespace}.svc.${world.domain}`,
    );
    return pickKind(world.objects, POLICY).flatMap((subject) => {
      if (!asksForTokens(subject.spec)) return [];
      return subject.spec.targets.flatMap((target, index): AnalysisFinding[] => {
        const [service] = byHost.get(resolveHost(target.name, subject.namespace, world.domain)) ?? [];
        const ports = service === undefined ? [] : targetPorts(target, service).filter(isNoHttp);
        return ports.map((port) =>
          found('IST0119', { subject, path: `spec.targets[${index}]` }, [
            port.port,
            port.name,
            port.transport,
            `${port.targetPort ?? port.port}`,
          ]),
        );
      });
    });
  },
};

function asksForTokens({ peers, origins }: Policy): boolean {
  return peers.some(({ params }) => params.case === 'jwt') || origins.some(({ jwt }) => jwt !== undefined);
}

function targetPorts({ ports }: TargetSelector, { spec }: NativeService): readonly NativeServicePort[] {
  if (ports.length === 0) return spec.ports;
  return spec.ports.filter(({ name, port: number }) =>
    ports.some(({ port }) => port.value === (port.case === 'name' ? name : number)),
  );
}

/** `https` passes: the classic analysis lets it, and TLS may end before the proxy. */
function isNoHttp(port: NativeServicePort): boolean {
  if (port.transport !== 'TCP') return true;
  const protocol = protocolOfServicePort(port);
  return !isHttpProtocol(protocol) && protocol !== 'https';
}
