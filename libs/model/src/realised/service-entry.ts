import { except, type KindTable, realised, reported } from './table.ts';

export const SERVICE_ENTRY_FIELDS: KindTable = {
  messages: {
    ServiceEntry: {
      hosts: realised,
      addresses: realised,
      ports: realised,
      location: realised,
      resolution: except({
        DNS_ROUND_ROBIN: reported('it is treated as DNS'),
        DYNAMIC_DNS: reported('it is treated as NONE'),
      }),
      endpoints: realised,
      exportTo: realised,
      subjectAltNames: realised,
      workloadSelector: reported('list the endpoints'),
    },
    Port: {
      number: realised,
      protocol: realised,
      name: realised,
      targetPort: realised,
    },
    'ServiceEntry.Endpoint': {
      address: realised,
      ports: realised,
      labels: realised,
      network: reported('all endpoints are taken as reachable'),
      locality: realised,
      weight: realised,
      serviceAccount: realised,
    },
  },
};
