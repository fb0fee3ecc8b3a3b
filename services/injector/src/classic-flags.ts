import { type ClassicFlags, fixedSwitch, idleFlag, refusedFlag } from '@quintet/runtime';

/** Flags of the classic `sidecar-injector` that are no options here. */
export const CLASSIC_FLAGS: ClassicFlags = {
  caCertFile: idleFlag('the webhook does not register itself'),
  reconcileWebhookConfig: fixedSwitch(false, 'the webhook does not register itself'),
  webhookConfigName: idleFlag('the webhook does not register itself'),
  webhookName: idleFlag('the webhook does not register itself'),
  kubeconfig: refusedFlag('the injector asks nothing of Kubernetes'),
  healthCheckFile: refusedFlag('no file is touched; ask /livez and /readyz on the admin port'),
  healthCheckInterval: idleFlag('there are no probe files'),
};
