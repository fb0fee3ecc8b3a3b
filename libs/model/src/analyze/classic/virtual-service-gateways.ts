import { gatewayRef, MESH_GATEWAY } from '../../hosts.ts';
import { GATEWAY } from '../../kinds/networking.ts';
import { type Analyzer, found } from '../analyzer.ts';
import type { VirtualServiceView } from '../world/virtual-services.ts';

/** Gateways that virtual services name and that do not exist. */
export const virtualServiceGatewayAnalyzer: Analyzer = {
  name: 'virtualservice.GatewayAnalyzer',
  summary: 'Gateways that a VirtualService names and nobody defines',
  codes: ['IST0101'],
  analyze: ({ virtualServices, gateways, world }) => {
    const known = new Set(gateways.map(({ ref }) => ref));
    return virtualServices.flatMap((service) =>
      references(service).flatMap(({ written, path }) => {
        const ref = gatewayRef(written, service.namespace);
        const there =
          ref === MESH_GATEWAY || known.has(ref) || world.unreadable.has(`${GATEWAY.kind}/${ref}`);
        return there ? [] : [found('IST0101', { subject: service.subject, path }, ['gateway', written])];
      }),
    );
  },
};

type Reference = { readonly written: string; readonly path: string };

function references({ spec }: VirtualServiceView): readonly Reference[] {
  const routes = [
    ...spec.http.map(({ match }, index) => ({ match, path: `spec.http[${index}]` })),
    ...spec.tls.map(({ match }, index) => ({ match, path: `spec.tls[${index}]` })),
    ...spec.tcp.map(({ match }, index) => ({ match, path: `spec.tcp[${index}]` })),
  ];
  return [
    ...listed(spec.gateways, 'spec.gateways'),
    ...routes.flatMap(({ match, path }) =>
      match.flatMap(({ gateways }, at) => listed(gateways, `${path}.match[${at}].gateways`)),
    ),
  ];
}

function listed(gateways: readonly string[], path: string): Reference[] {
  return gateways.map((written, index) => ({ written, path: `${path}[${index}]` }));
}
