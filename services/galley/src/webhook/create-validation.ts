import { createDiscovery, type KubeClient } from '@quintet/kube';
import {
  type CertificateHolder,
  type Clock,
  type Component,
  type HttpServer,
  type Log,
  MeshError,
  type Random,
  type ValuesOf,
} from '@quintet/runtime';
import type { GalleyMetrics } from '../metrics.ts';
import type { AdmissionCheck } from './judge.ts';
import type { WEBHOOK_OPTIONS } from './options.ts';
import { createRegistration } from './registration/registration.ts';
import { createWebhook } from './webhook.ts';

export type ValidationOptions = {
  readonly config: ValuesOf<typeof WEBHOOK_OPTIONS> & { readonly deploymentNamespace: string };
  /** Present when Kubernetes is read. */
  readonly client: KubeClient | undefined;
  readonly identity: CertificateHolder | undefined;
  /** Checks beyond the object itself, such as those of what it refers to. */
  readonly alsoCheck: AdmissionCheck;
  readonly metrics: GalleyMetrics;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
};

/** The webhook and its registration, as far as the flags ask for them, in the order of their start. */
export type Validation = {
  readonly components: readonly Component[];
  readonly server: HttpServer | undefined;
};

/** Throws `MeshError` when the flags contradict each other. */
export async function createValidation(options: ValidationOptions): Promise<Validation> {
  const { config, identity, metrics, clock, log, alsoCheck } = options;
  const { validationHost: host } = config;
  const webhook = !config.enableValidation
    ? undefined
    : await createWebhook({
        address: `${host.includes(':') ? `[${host}]` : host}:${config.validationPort}`,
        certFile: config.validationCertificate,
        keyFile: config.validationKey,
        clientCaFile: config.validationClientCaFile,
        requestsPerSecond: config.validationRequestsPerSecond,
        ...{ identity, alsoCheck, metrics, clock },
        log: log.child({ component: 'webhook' }),
      });
  const registration = config.reconcileWebhook ? [registrationOf(options)] : [];
  return { components: [...(webhook?.components ?? []), ...registration], server: webhook?.server };
}

function registrationOf({
  config,
  client,
  identity,
  metrics,
  clock,
  random,
  log,
}: ValidationOptions): Component {
  if (client === undefined) {
    const message = '--enable-reconcileWebhookConfiguration needs Kubernetes: expected --kubeconfig';
    throw new MeshError('invalid_argument', message);
  }
  const { deploymentName, deploymentNamespace: namespace, enableValidation } = config;
  return createRegistration({
    ...{ client, identity, metrics, clock, random, namespace },
    name: config.webhookName,
    serviceName: config.serviceName,
    discovery: createDiscovery({ client, clock }),
    mode: enableValidation ? 'register' : 'remove',
    configFile: config.webhookConfigFile,
    caFile: config.validationRoots,
    ownerRole: `${deploymentName}-${namespace}`,
    log: log.child({ component: 'webhook-registration' }),
  });
}
