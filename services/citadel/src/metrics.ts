import { defineMetrics, type Instruments } from '@quintet/runtime';

/** Classic names. Both services count, the older and the newer; the classic server counted requests to the older only. */
export const METRICS = defineMetrics({
  csrCount: {
    kind: 'counter',
    name: 'citadel_server_csr_count',
    help: 'Requests for certificates received.',
  },
  authenticationFailureCount: {
    kind: 'counter',
    name: 'citadel_server_authentication_failure_count',
    help: 'Requests whose sender was not recognised.',
  },
  csrParsingErrorCount: {
    kind: 'counter',
    name: 'citadel_server_csr_parsing_err_count',
    help: 'Requests whose CSR is broken, weak or asks for what is never given.',
  },
  idExtractionErrorCount: {
    kind: 'counter',
    name: 'citadel_server_id_extraction_err_count',
    help: 'Requests whose CSR has no subject alternative name though it needs one.',
  },
  csrSignErrorCount: {
    kind: 'counter',
    name: 'citadel_server_csr_sign_err_count',
    help: 'Requests that could not be signed, by classic error type.',
    labels: ['error'],
  },
  successCount: {
    kind: 'counter',
    name: 'citadel_server_success_cert_issuance_count',
    help: 'Certificates given out.',
  },
  rootCertExpiry: {
    kind: 'gauge',
    name: 'citadel_server_root_cert_expiry_timestamp',
    help: 'End of the root certificate, seconds since 1970.',
  },
  authorityExpiry: {
    kind: 'gauge',
    name: 'citadel_server_authority_expiry_timestamp',
    help: 'End of the first certificate of the signing chain, seconds since 1970: no certificate outlives it.',
  },
  trustWatchers: {
    kind: 'gauge',
    name: 'citadel_trust_watchers',
    help: 'Streams that follow the trust bundle.',
  },
  trustWatchersBehind: {
    kind: 'gauge',
    name: 'citadel_trust_watchers_behind',
    help: 'Streams that have not acknowledged the present trust bundle.',
  },
});

/** The instruments of `METRICS`. */
export type CitadelMetrics = Instruments<typeof METRICS>;
