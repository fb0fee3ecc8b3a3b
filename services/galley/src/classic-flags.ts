import { type ClassicFlags, fixedSwitch, idleFlag, idleSwitch, refusedFlag } from '@quintet/runtime';

/** Flags of the classic `galley server` that are no options here. */
export const CLASSIC_FLAGS: ClassicFlags = {
  'enable-server': fixedSwitch(true, 'handing out configuration is all there is to do'),
  'enable-validation': fixedSwitch(false, 'there is no webhook; what is broken is held back when it is read'),
  'enable-reconcileWebhookConfiguration': fixedSwitch(false, 'there is no webhook'),
  enableAnalysis: fixedSwitch(false, 'issues stand in the log, the events and on /debug/configz'),
  useOldProcessor: idleSwitch('there is one way of processing'),
  disableResourceReadyCheck: idleSwitch('kinds that a cluster does not have are not waited for'),
  enableProfiling: idleSwitch('profiles are made with the means of Node'),
  pprofPort: idleFlag('profiles are made with the means of Node'),
  tlsCertFile: refusedFlag('put cert-chain.pem, key.pem and root-cert.pem into the directory of --cert-dir'),
  tlsKeyFile: refusedFlag('put cert-chain.pem, key.pem and root-cert.pem into the directory of --cert-dir'),
  caCertFile: refusedFlag('put cert-chain.pem, key.pem and root-cert.pem into the directory of --cert-dir'),
  livenessProbePath: refusedFlag('no file is touched; ask /livez and /readyz on the admin port'),
  readinessProbePath: refusedFlag('no file is touched; ask /livez and /readyz on the admin port'),
  livenessProbeInterval: idleFlag('there are no probe files'),
  readinessProbeInterval: idleFlag('there are no probe files'),
  'validation-port': idleFlag('there is no webhook'),
  'validation-webhook-config-file': idleFlag('there is no webhook'),
  'deployment-name': idleFlag('there is no webhook'),
  'service-name': idleFlag('there is no webhook'),
  'webhook-name': idleFlag('there is no webhook'),
  'validation.tls.clientCertificate': idleFlag('there is no webhook'),
  'validation.tls.privateKey': idleFlag('there is no webhook'),
  'validation.tls.caCertificates': idleFlag('there is no webhook'),
};
