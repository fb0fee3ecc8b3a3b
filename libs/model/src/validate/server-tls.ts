import {
  Server_TLSOptions_TLSmode as Mode,
  type Server_TLSOptions,
} from '@quintet/proto/istio/networking/v1alpha3/gateway_pb.js';
import type { Report } from './report.ts';

/** What a listener of TLS is checked by; gateways and sidecars have messages of their own for it. */
type ServerTls = Pick<
  Server_TLSOptions,
  | 'serverCertificate'
  | 'privateKey'
  | 'caCertificates'
  | 'credentialName'
  | 'credentialNames'
  | 'caCertCredentialName'
> & {
  /** As {@link Mode}. */
  readonly mode: number;
  readonly minProtocolVersion: number;
  readonly maxProtocolVersion: number;
  readonly tlsCertificates: readonly { readonly serverCertificate: string; readonly privateKey: string }[];
};

const FILE_FIELDS = ['serverCertificate', 'privateKey', 'caCertificates'] as const;
const OWN_FIELDS = [...FILE_FIELDS, 'credentialName', 'caCertCredentialName'] as const;

/** Checks where a listener of TLS has its certificates from. With a credential nothing else is needed. */
export function checkServerTls(tls: ServerTls, path: string, report: Report): void {
  const { minProtocolVersion: least, maxProtocolVersion: most } = tls;
  if (least !== 0 && most !== 0 && least > most)
    report(
      `${path}.maxProtocolVersion`,
      'expected a version that is not below minProtocolVersion',
      'warning',
    );
  if (tls.mode === Mode.ISTIO_MUTUAL) {
    for (const field of OWN_FIELDS) {
      if (tls[field] !== '')
        report(`${path}.${field}`, 'ISTIO_MUTUAL uses the certificates of the workload: expected none');
    }
    return;
  }
  if (tls.mode === Mode.PASSTHROUGH || tls.mode === Mode.AUTO_PASSTHROUGH) return;
  if (tls.credentialName !== '' && tls.credentialNames.length > 0)
    report(`${path}.credentialNames`, 'expected one of credentialName and credentialNames, found both');
  if (tls.credentialName !== '' || tls.credentialNames.length > 0) return;
  checkFiles(tls, path, report);
}

function checkFiles(tls: ServerTls, path: string, report: Report): void {
  const mode = Mode[tls.mode];
  const need = (fields: readonly (typeof FILE_FIELDS)[number][]): void => {
    for (const field of fields) {
      if (tls[field] === '')
        report(`${path}.${field}`, `${mode} needs a file, or credentialName; found none`);
    }
  };
  for (const [index, pair] of tls.tlsCertificates.entries()) {
    for (const field of ['serverCertificate', 'privateKey'] as const) {
      if (pair[field] === '')
        report(`${path}.tlsCertificates[${index}].${field}`, `${mode} needs a file, found none`);
    }
  }
  if (tls.tlsCertificates.length === 0) need(['serverCertificate', 'privateKey']);
  else if (tls.serverCertificate !== '' || tls.privateKey !== '')
    report(`${path}.tlsCertificates`, 'expected one of serverCertificate and tlsCertificates, found both');
  const checksClients = tls.mode === Mode.MUTUAL || tls.mode === Mode.OPTIONAL_MUTUAL;
  if (checksClients && tls.caCertCredentialName === '') need(['caCertificates']);
}
