import { except, type KindTable, realised, reported, restricting } from './table.ts';

export const POLICY_FIELDS: KindTable = {
  messages: {
    Policy: {
      targets: realised,
      peers: realised,
      peerIsOptional: reported('what the peers ask for is required'),
      origins: restricting('tokens of end users are not checked yet'),
      originIsOptional: reported('origins are not realised'),
      principalBinding: except({ USE_ORIGIN: restricting('origins are not realised') }),
    },
    TargetSelector: {
      name: realised,
      ports: realised,
      labels: restricting('the policy would apply to the whole service'),
    },
    PortSelector: {
      number: realised,
      name: realised,
    },
    PeerAuthenticationMethod: {
      mtls: realised,
      jwt: restricting('tokens of end users are not checked yet'),
    },
    MutualTls: {
      allowTls: reported('use mode PERMISSIVE'),
      mode: realised,
    },
  },
};
