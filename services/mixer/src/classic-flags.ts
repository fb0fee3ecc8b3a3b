import { type ClassicFlags, fixedSwitch, idleFlag, idleSwitch, refusedFlag } from '@quintet/runtime';

/** Flags of the classic `mixs server` that are no options here. */
export const CLASSIC_FLAGS: ClassicFlags = {
  configWaitTimeout: idleFlag('mixer waits as long as it takes and is not ready meanwhile'),
  apiWorkerPoolSize: idleFlag('there are no pools of workers'),
  adapterWorkerPoolSize: idleFlag('there are no pools of workers'),
  singleThreaded: idleSwitch('there is one thread'),
  useAdapterCRDs: fixedSwitch(false, 'adapters are part of mixer'),
  useTemplateCRDs: fixedSwitch(false, 'templates are part of mixer'),
  certFile: refusedFlag('put cert-chain.pem, key.pem and root-cert.pem into the directory of --cert-dir'),
  keyFile: refusedFlag('put cert-chain.pem, key.pem and root-cert.pem into the directory of --cert-dir'),
  caCertFile: refusedFlag('put cert-chain.pem, key.pem and root-cert.pem into the directory of --cert-dir'),
  profile: idleSwitch('profiles are made with the means of Node'),
  trace_zipkin_url: refusedFlag('traces are sent to --otlp-endpoint'),
  trace_jaeger_url: refusedFlag('traces are sent to --otlp-endpoint'),
  trace_log_spans: fixedSwitch(false, 'traces are sent to --otlp-endpoint'),
  latencySamplesPerSecond: idleFlag('the wait is measured at every request'),
  latencyEnforcementThreshold: idleFlag('the average wait counts at every rate'),
  livenessProbePath: refusedFlag('no file is touched; ask /livez and /readyz on the admin port'),
  readinessProbePath: refusedFlag('no file is touched; ask /livez and /readyz on the admin port'),
  livenessProbeInterval: idleFlag('there are no probe files'),
  readinessProbeInterval: idleFlag('there are no probe files'),
};
