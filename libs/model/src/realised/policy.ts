import { except, type KindTable, type MessageTable, realised, reported, restricting } from './table.ts';

/** What a Policy says besides whom it is for. */
const ASKED: MessageTable = {
  peers: realised,
  peerIsOptional: reported('what the peers ask for is required'),
  origins: restricting('tokens of end users are not checked yet'),
  originIsOptional: reported('origins are not realised'),
  principalBinding: except({ USE_ORIGIN: restricting('origins are not realised') }),
};

const METHODS: KindTable['messages'] = {
  PeerAuthenticationMethod: {
    mtls: realised,
    jwt: restricting('tokens of end users are not checked yet'),
  },
  MutualTls: {
    allowTls: reported('use mode PERMISSIVE'),
    mode: realised,
  },
};

export const POLICY_FIELDS: KindTable = {
  messages: {
    Policy: { targets: realised, ...ASKED },
    TargetSelector: {
      name: realised,
      ports: realised,
      labels: restricting('the policy would apply to the whole service'),
    },
    PortSelector: {
      number: realised,
      name: realised,
    },
    ...METHODS,
  },
};

/** The same message for the whole mesh; validation refuses targets. */
export const MESH_POLICY_FIELDS: KindTable = {
  messages: {
    Policy: { targets: restricting('a MeshPolicy is for the whole mesh'), ...ASKED },
    ...METHODS,
  },
};
