import { type KindTable, realised, reported, restricting } from './table.ts';

export const SIDECAR_FIELDS: KindTable = {
  messages: {
    Sidecar: {
      workloadSelector: realised,
      ingress: realised,
      egress: realised,
      outboundTrafficPolicy: realised,
      inboundConnectionPool: reported('it came after the API that is realised'),
    },
    WorkloadSelector: {
      labels: realised,
    },
    IstioIngressListener: {
      port: realised,
      bind: realised,
      captureMode: realised,
      defaultEndpoint: realised,
      tls: restricting('use an authentication Policy to ask for mutual TLS'),
      connectionPool: reported('it came after the API that is realised'),
    },
    Port: {
      number: realised,
      protocol: realised,
      name: realised,
      targetPort: reported('use defaultEndpoint'),
    },
    IstioEgressListener: {
      port: realised,
      bind: realised,
      captureMode: realised,
      hosts: realised,
    },
    OutboundTrafficPolicy: {
      mode: realised,
      egressProxy: reported('it came after the API that is realised'),
    },
  },
};
