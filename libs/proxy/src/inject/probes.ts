import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import type { ProxiedProbe } from '../bootstrap/proxied-probe.ts';
import { isJsonObject, objectAt, own, textAt } from './json-shape.ts';
import type { PodContainer } from './pod.ts';

/** A container with its probes sent to the proxy, and what the proxy has to ask in their place. */
export type RewrittenContainer = { readonly json: JsonObject; readonly probes: readonly ProxiedProbe[] };

/** Kinds of probes and how their paths on the proxy end. */
const PROBES: readonly (readonly [field: string, path: string])[] = [
  ['livenessProbe', 'livez'],
  ['readinessProbe', 'readyz'],
  ['startupProbe', 'startupz'],
];
const DEFAULT_TIMEOUT_SECONDS = 1;

/**
 * Sends the probes of a container to the proxy's status port: the kubelet has no certificate of the mesh, and a
 * captured port accepts connections whether or not the application does. Probes that run a command stay as they are,
 * and so do those that name a host of their own.
 */
export function rewriteProbes(container: PodContainer, statusPort: number): RewrittenContainer {
  const probes: ProxiedProbe[] = [];
  let json = container.json;
  for (const [field, end] of PROBES) {
    const probe = objectAt(json, field);
    const path = `/app-health/${container.name}/${end}`;
    const proxied = proxiedProbe(probe, path, container);
    if (proxied === undefined) continue;
    probes.push(proxied);
    json = { ...json, [field]: askProxy(probe, path, statusPort) };
  }
  return { json, probes };
}

function proxiedProbe(probe: JsonObject, path: string, container: PodContainer): ProxiedProbe | undefined {
  const timeout = own(probe, 'timeoutSeconds');
  const timeoutSeconds = typeof timeout === 'number' && timeout > 0 ? timeout : DEFAULT_TIMEOUT_SECONDS;
  for (const kind of ['httpGet', 'tcpSocket', 'grpc'] as const) {
    const action = own(probe, kind);
    if (!isJsonObject(action)) continue;
    const port = portNumber(own(action, 'port'), container);
    if (port === undefined || textAt(action, 'host') !== '') return undefined;
    const common = { path, port, timeoutSeconds };
    if (kind === 'tcpSocket') return { kind: 'tcp', ...common };
    if (kind === 'grpc') return { kind: 'grpc', ...common, service: textAt(action, 'service') };
    const target = textAt(action, 'path') || '/';
    const tls = textAt(action, 'scheme').toUpperCase() === 'HTTPS';
    return { kind: 'http', ...common, tls, target: target.startsWith('/') ? target : `/${target}` };
  }
  return undefined;
}

/** The probe with its times as they were, and an HTTP request to the proxy in place of its action. */
function askProxy(probe: JsonObject, path: string, statusPort: number): JsonObject {
  const { httpGet, tcpSocket: _, grpc: __, ...times } = probe;
  const headers = isJsonObject(httpGet) ? own(httpGet, 'httpHeaders') : undefined;
  return {
    ...times,
    httpGet: {
      path,
      port: statusPort,
      scheme: 'HTTP',
      ...(headers !== undefined && { httpHeaders: headers }),
    },
  };
}

/** A port is a number, or the name of one of the container's ports. */
function portNumber(port: JsonValue | undefined, container: PodContainer): number | undefined {
  if (typeof port === 'number') return port;
  if (typeof port !== 'string') return undefined;
  const named = container.ports.find(({ name }) => name === port);
  if (named !== undefined) return named.number;
  return /^[0-9]{1,5}$/.test(port) ? Number(port) : undefined;
}
