import { except, type KindTable, realised, reported, restricting } from './table.ts';

export const GATEWAY_FIELDS: KindTable = {
  messages: {
    Gateway: {
      servers: realised,
      selector: realised,
    },
    Server: {
      port: realised,
      hosts: realised,
      tls: realised,
      bind: realised,
      defaultEndpoint: reported('as in the classic mesh'),
      name: reported('a server is known by its address and port'),
    },
    Port: {
      number: realised,
      protocol: realised,
      name: realised,
      targetPort: reported('a gateway listens on number'),
    },
    'Server.TLSOptions': {
      httpsRedirect: realised,
      mode: except({
        AUTO_PASSTHROUGH: reported('use PASSTHROUGH with routes by SNI'),
        OPTIONAL_MUTUAL: restricting('use MUTUAL'),
      }),
      serverCertificate: realised,
      privateKey: realised,
      caCertificates: realised,
      subjectAltNames: realised,
      minProtocolVersion: realised,
      maxProtocolVersion: realised,
      cipherSuites: realised,
      credentialName: reported('use files; nobody serves secrets to gateways yet'),
      verifyCertificateSpki: realised,
      verifyCertificateHash: realised,
      caCrl: restricting('revoked certificates would be accepted'),
      credentialNames: reported('use files; nobody serves secrets to gateways yet'),
      tlsCertificates: reported('use serverCertificate and privateKey'),
      caCertCredentialName: restricting('use caCertificates'),
      insecureSkipVerify: reported('certificates of clients are checked'),
    },
  },
};
