import { durationMillis, parseDuration } from '@quintet/model';
import type { MeshService } from '../snapshot/services.ts';
import { type Asking, reportOf, routeContext, serviceAttributes } from './mixer.ts';
import { accessLog, observability } from './observability.ts';
import type { HttpBody, TcpBody } from './types.ts';

/** Connections of the proxy that carry nothing for this long end; it is Envoy's own default. */
const TCP_IDLE_MS = 3_600_000;

type Attributes = Readonly<Record<string, string>>;

/** What differs between the HTTP chains of a proxy. */
export type HttpBodyInput = {
  readonly asking: Asking;
  readonly name: string;
  /** The name of the route table. */
  readonly routeTable: string;
  /** Attributes of the proxy's own side. */
  readonly attributes: Attributes;
  readonly accessControlled?: boolean;
  readonly atEdge?: boolean;
  readonly grpcWeb?: boolean;
  readonly absoluteUrls?: boolean;
};

/** The HTTP part of a chain, with what every chain of the proxy does: log, trace, check, report. */
export function httpBody(input: HttpBodyInput): HttpBody {
  const { asking, name, routeTable } = input;
  const { scope, direction } = asking;
  const report = reportOf(scope, 'http', input.attributes);
  return {
    kind: 'http',
    statPrefix: `${direction}_${name}`,
    routeTable,
    clientCertificateHeader: direction === 'inbound' ? 'append' : 'replace',
    atEdge: input.atEdge ?? false,
    http10: scope.proxy.metadata.HTTP10 === '1',
    idleTimeoutMs: idleTimeout(scope.proxy.metadata.IDLE_TIMEOUT),
    grpcWeb: input.grpcWeb ?? false,
    absoluteUrls: input.absoluteUrls ?? false,
    accessControlled: input.accessControlled ?? false,
    ...(asking.check && { check: asking.check }),
    ...(report && { report }),
    ...observability(scope.mesh),
  };
}

/** What differs between the TCP chains of a proxy. */
export type TcpBodyInput = {
  readonly asking: Asking;
  readonly statPrefix: string;
  readonly targets: TcpBody['targets'];
  readonly attributes: Attributes;
  /** The service behind a single target, where it is known. */
  readonly service?: MeshService | undefined;
};

/** The TCP part of a chain. */
export function tcpBody({ asking, statPrefix, targets, attributes, service }: TcpBodyInput): TcpBody {
  const { scope } = asking;
  const known = service ? { ...attributes, ...serviceAttributes(service) } : attributes;
  const report = reportOf(scope, 'tcp', known);
  const asked = routeContext(asking, service).check === 'asked';
  return {
    kind: 'tcp',
    statPrefix,
    targets,
    idleTimeoutMs: TCP_IDLE_MS,
    ...(asked && asking.check && { check: asking.check }),
    ...(report && { report }),
    ...accessLog(scope.mesh),
  };
}

/** Node metadata `IDLE_TIMEOUT`, a duration such as `30s`; anything else means no limit. */
function idleTimeout(written: unknown): number {
  const parsed = typeof written === 'string' ? parseDuration(written) : undefined;
  return durationMillis(parsed) ?? 0;
}
