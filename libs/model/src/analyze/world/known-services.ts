import { compareByAge } from '../../age.ts';
import { isWildcardHost, matchHost } from '../../hosts.ts';
import { SERVICE_ENTRY, SYNTHETIC_SERVICE_ENTRY } from '../../kinds/networking.ts';
import type { Labels } from '../../labels.ts';
import type { NativeService, NativeServicePort } from '../../native/service.ts';
import { protocolOfServicePort } from '../../port-protocol.ts';
import type { ServicePort } from '../../service.ts';
import { serviceEntryToServices } from '../../service-entry.ts';
import type { AnalysisWorld, AnalyzedObject } from './analysis-world.ts';
import { pickKind } from './pick-kind.ts';
import { effectiveExportTo, type Visibility, visibleIn } from './visibility.ts';

/** A host that requests can go to: of a Service of Kubernetes or of a ServiceEntry. */
export type KnownService = Visibility & {
  readonly subject: AnalyzedObject;
  /** Fully qualified, lower case, may be a wildcard. */
  readonly host: string;
  readonly name: string;
  readonly ports: readonly KnownPort[];
  readonly addresses: readonly string[];
  readonly external: boolean;
  readonly resolution: 'none' | 'static' | 'dns';
  /** Labels by which a Service of Kubernetes finds its pods. */
  readonly selector?: Labels;
  /** Labels of the endpoints that a ServiceEntry lists. */
  readonly endpoints: readonly Labels[];
};

export type KnownPort = ServicePort & {
  /** Port of the workload: its number, the name of a container port, or absent: the same number. */
  readonly targetPort?: number | string;
  /** `TCP`, `UDP` or `SCTP`. */
  readonly transport: string;
};

/** All services, oldest first, found by their hosts. */
export type KnownServices = {
  readonly all: readonly KnownService[];
  /** What proxies of `namespace` may mean by `host`: services of that host, else of a wildcard that covers it. */
  find(host: string, namespace: string): readonly KnownService[];
};

/** Annotation of a Service that says who may see it. */
const EXPORT_TO = 'networking.istio.io/exportTo';

/** Collects the services of the world. */
export function knownServices(world: AnalysisWorld): KnownServices {
  const native = world.native.filter((object) => object.kind === 'Service');
  const ofKubernetes = native.map((service) => ofService(service, world));
  const taken = new Set(ofKubernetes.map(({ host }) => host));
  const entries = [
    ...pickKind(world.objects, SERVICE_ENTRY),
    ...pickKind(world.objects, SYNTHETIC_SERVICE_ENTRY),
  ].toSorted(compareByAge);
  const written = entries.flatMap((entry): KnownService[] =>
    serviceEntryToServices(entry, {
      trustDomain: world.meshConfig.trustDomain,
      defaultExportTo: world.meshConfig.defaultServiceExportTo,
    }).map(({ endpoints, ports, ...service }) => ({
      ...service,
      subject: entry,
      exportTo: effectiveExportTo(service.exportTo, []),
      ports: ports.map((port) => ({ ...port, transport: port.protocol === 'udp' ? 'UDP' : 'TCP' })),
      endpoints: endpoints.map(({ labels }) => labels),
      ...(entry.spec.workloadSelector && { selector: entry.spec.workloadSelector.labels }),
    })),
  );
  const isCopy = ({ subject, host }: KnownService) =>
    subject.kind === SYNTHETIC_SERVICE_ENTRY.kind && taken.has(host);
  return indexOf([...ofKubernetes, ...written.filter((service) => !isCopy(service))]);
}

function indexOf(all: readonly KnownService[]): KnownServices {
  const byHost = Map.groupBy(all, ({ host }) => host);
  const wildcards = all.filter(({ host }) => isWildcardHost(host));
  return {
    all,
    find(host, namespace) {
      const exact = byHost.get(host)?.filter((service) => visibleIn(service, namespace)) ?? [];
      if (exact.length > 0) return exact;
      return wildcards.filter((service) => matchHost(service.host, host) && visibleIn(service, namespace));
    },
  };
}

function ofService(service: NativeService, { domain, meshConfig }: AnalysisWorld): KnownService {
  const { name, namespace, annotations, spec } = service;
  const exportTo = (annotations[EXPORT_TO] ?? '').split(',').map((target) => target.trim());
  const written = exportTo.filter((target) => target !== '');
  return {
    subject: service,
    host: `${name}.${namespace}.svc.${domain}`,
    name,
    namespace,
    exportTo: effectiveExportTo(written, meshConfig.defaultServiceExportTo),
    ports: spec.ports.map(portOf),
    addresses: spec.clusterIPs,
    external: spec.externalName !== '',
    resolution: spec.externalName === '' ? 'static' : 'dns',
    ...(spec.selector && { selector: spec.selector }),
    endpoints: [],
  };
}

function portOf(port: NativeServicePort): KnownPort {
  return {
    number: port.port,
    name: port.name,
    protocol: protocolOfServicePort(port),
    transport: port.transport,
    ...(port.targetPort !== undefined && { targetPort: port.targetPort }),
  };
}
