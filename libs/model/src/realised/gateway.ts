import { except, type KindTable, realised, reported } from './table.ts';

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
      mode: except({ AUTO_PASSTHROUGH: reported('use PASSTHROUGH with routes by SNI') }),
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
    },
  },
};
