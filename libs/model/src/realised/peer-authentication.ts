import { except, type KindTable, realised, reported, restricting } from './table.ts';

const INSTEAD = 'use a Policy or MeshPolicy';

/**
 * Proxies accept both plaintext and mutual TLS unless a Policy says otherwise: a PeerAuthentication that says the
 * same or less can be passed over with a warning, one that asks for mutual TLS cannot.
 */
export const PEER_AUTHENTICATION_FIELDS: KindTable = {
  messages: {
    PeerAuthentication: {
      selector: reported(INSTEAD),
      mtls: realised,
      portLevelMtls: realised,
    },
    'PeerAuthentication.MutualTLS': {
      mode: except({
        DISABLE: reported(INSTEAD),
        PERMISSIVE: reported(INSTEAD),
        STRICT: restricting(INSTEAD),
      }),
    },
  },
};
