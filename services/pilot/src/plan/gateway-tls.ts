import {
  type Server_TLSOptions,
  Server_TLSOptions_TLSmode,
  Server_TLSOptions_TLSProtocol,
} from '@quintet/proto/istio/networking/v1alpha3/gateway_pb.js';
import type { Certificate, ServerTls, TlsVersion, Trust } from './types.ts';

const VERSIONS: ReadonlyMap<Server_TLSOptions_TLSProtocol, TlsVersion> = new Map([
  [Server_TLSOptions_TLSProtocol.TLSV1_0, '1.0'],
  [Server_TLSOptions_TLSProtocol.TLSV1_1, '1.1'],
  [Server_TLSOptions_TLSProtocol.TLSV1_2, '1.2'],
  [Server_TLSOptions_TLSProtocol.TLSV1_3, '1.3'],
]);
/** Secret with the roots for client certificates, beside the one with the server's. */
const ROOTS_SUFFIX = '-cacert';

/** How a gateway's server terminates TLS. `http` servers offer HTTP/2 and HTTP/1.1. */
export function gatewayTls(options: Server_TLSOptions, http: boolean): ServerTls {
  const mutual =
    options.mode === Server_TLSOptions_TLSmode.MUTUAL ||
    options.mode === Server_TLSOptions_TLSmode.ISTIO_MUTUAL;
  const minVersion = VERSIONS.get(options.minProtocolVersion);
  const maxVersion = VERSIONS.get(options.maxProtocolVersion);
  return {
    certificate: certificateOf(options),
    clientCertificate: mutual ? 'required' : 'not-asked',
    ...(mutual && { trust: trustOf(options) }),
    subjectAltNames: options.subjectAltNames,
    verifyCertificateSpki: options.verifyCertificateSpki,
    verifyCertificateHash: options.verifyCertificateHash,
    applicationProtocols: http ? ['h2', 'http/1.1'] : [],
    ...(minVersion && { minVersion }),
    ...(maxVersion && { maxVersion }),
    cipherSuites: options.cipherSuites,
  };
}

function certificateOf(options: Server_TLSOptions): Certificate {
  if (options.mode === Server_TLSOptions_TLSmode.ISTIO_MUTUAL) return { kind: 'workload' };
  if (options.credentialName !== '') return { kind: 'secret', name: options.credentialName };
  return { kind: 'files', chain: options.serverCertificate, key: options.privateKey };
}

function trustOf(options: Server_TLSOptions): Trust {
  if (options.mode === Server_TLSOptions_TLSmode.ISTIO_MUTUAL) return { kind: 'mesh' };
  if (options.credentialName !== '')
    return { kind: 'secret', name: `${options.credentialName}${ROOTS_SUFFIX}` };
  return { kind: 'file', path: options.caCertificates };
}
