import {
  TLSSettings_TLSmode as Mode,
  type TLSSettings,
} from '@quintet/proto/istio/networking/v1alpha3/tls_pb.js';
import { type Report, shown } from './report.ts';

const CLIENT_FILES = ['clientCertificate', 'privateKey', 'caCertificates'] as const;

/** Checks how a client speaks TLS. */
export function checkClientTls(tls: TLSSettings | undefined, path: string, report: Report): void {
  if (tls === undefined) return;
  if (tls.credentialName !== '' && (tls.mode === Mode.SIMPLE || tls.mode === Mode.MUTUAL)) {
    for (const field of CLIENT_FILES) {
      if (tls[field] !== '')
        report(`${path}.${field}`, 'credentialName takes the place of files: expected none');
    }
  } else if (tls.mode === Mode.MUTUAL) {
    for (const field of CLIENT_FILES.slice(0, 2)) {
      if (tls[field] === '') report(`${path}.${field}`, 'MUTUAL needs a file, found none');
    }
  }
  if (tls.mode === Mode.ISTIO_MUTUAL) {
    for (const field of [...CLIENT_FILES, 'credentialName'] as const) {
      if (tls[field] === '') continue;
      const message = `ISTIO_MUTUAL uses the certificates of the workload: expected none, found ${shown(tls[field])}`;
      report(`${path}.${field}`, message, 'warning');
    }
  }
  if (tls.insecureSkipVerify === true) {
    const message = 'insecureSkipVerify checks nothing: expected none';
    if (tls.caCertificates !== '') report(`${path}.caCertificates`, message);
    if (tls.subjectAltNames.length > 0) report(`${path}.subjectAltNames`, message);
  }
}
