import { type TLSSettings, TLSSettings_TLSmode } from '@quintet/proto/istio/networking/v1alpha3/tls_pb.js';
import type { Scope } from '../scope/types.ts';
import { findAuthentication } from '../snapshot/authentication.ts';
import type { MeshService } from '../snapshot/services.ts';
import type { ClientTls, UpstreamTls } from './cluster-types.ts';
import { meshServerName } from './names.ts';

/** The ALPN by which a sidecar knows a caller of the mesh. */
export const MESH_ALPN = 'istio';

/** Where a cluster's connections go, as TLS needs it. */
export type TlsTarget = {
  readonly service: MeshService;
  readonly port: { readonly number: number; readonly name: string };
  readonly subset: string;
  readonly http2: boolean;
};

const PLAINTEXT: UpstreamTls = { kind: 'plaintext' };

/**
 * How a cluster's connections are secured: what the destination rule says; else, with automatic mutual TLS, mutual TLS
 * to the endpoints that serve it, where the service's policy lets it in; else plaintext. `fallback` takes the place of
 * the last two for servers of the control plane, which accept nothing else.
 */
export function upstreamTls(
  scope: Scope,
  target: TlsTarget,
  settings: TLSSettings | undefined,
  fallback?: 'mesh',
): UpstreamTls {
  if (settings) return written(settings, target);
  if (fallback === 'mesh') return { kind: 'tls', client: meshClient(target, [], '') };
  if (!scope.mesh.autoMutualTls || target.service.external) return PLAINTEXT;
  const { host, namespace } = target.service;
  const policy = findAuthentication(scope.authentication, { host, namespace, port: target.port });
  return policy.mutualTls === 'disabled'
    ? PLAINTEXT
    : { kind: 'by-endpoint', client: meshClient(target, [], '') };
}

function written(settings: TLSSettings, target: TlsTarget): UpstreamTls {
  switch (settings.mode) {
    case TLSSettings_TLSmode.ISTIO_MUTUAL:
      return { kind: 'tls', client: meshClient(target, settings.subjectAltNames, settings.sni) };
    case TLSSettings_TLSmode.SIMPLE:
    case TLSSettings_TLSmode.MUTUAL:
      return { kind: 'tls', client: fileClient(settings, target) };
    default:
      return PLAINTEXT;
  }
}

/** Mutual TLS with the workload's own identity; servers must be who the service's endpoints are. */
function meshClient(target: TlsTarget, subjectAltNames: readonly string[], sni: string): ClientTls {
  const { service, port, subset } = target;
  return {
    certificate: { kind: 'workload' },
    trust: { kind: 'mesh' },
    subjectAltNames: subjectAltNames.length > 0 ? subjectAltNames : service.identities,
    serverName: sni || meshServerName(service.host, port.number, subset),
    // An HTTP/1.1 connection that offers h2 is answered in h2: the server chooses by ALPN.
    applicationProtocols: target.http2 ? [MESH_ALPN, 'h2'] : [MESH_ALPN],
  };
}

function fileClient(settings: TLSSettings, target: TlsTarget): ClientTls {
  const mutual = settings.mode === TLSSettings_TLSmode.MUTUAL;
  return {
    ...(mutual && {
      certificate: { kind: 'files', chain: settings.clientCertificate, key: settings.privateKey } as const,
    }),
    ...(settings.caCertificates !== '' && {
      trust: { kind: 'file', path: settings.caCertificates } as const,
    }),
    subjectAltNames: settings.subjectAltNames,
    serverName: settings.sni,
    applicationProtocols: target.http2 ? ['h2'] : [],
  };
}
