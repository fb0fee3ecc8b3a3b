import type { Options } from '@quintet/runtime';

/** Flags of the webhook and of its registration; classic names where the classic flag exists. */
export const WEBHOOK_OPTIONS = {
  enableValidation: {
    type: 'bool',
    flag: 'enable-validation',
    description: 'answer the admission reviews of Kubernetes: what is wrong is refused when it is written',
  },
  validationPort: {
    type: 'int',
    flag: 'validation-port',
    default: 443,
    min: 0,
    max: 65_535,
    description: 'port of the webhook',
  },
  validationHost: {
    type: 'string',
    flag: 'validation-host',
    default: '0.0.0.0',
    description: 'address that the webhook listens on',
  },
  validationCertificate: {
    type: 'string',
    flag: 'validation.tls.clientCertificate',
    description: 'file with the certificate chain of the webhook; without it the identity is shown',
  },
  validationKey: {
    type: 'string',
    flag: 'validation.tls.privateKey',
    description: 'file with the key of that certificate',
  },
  validationRoots: {
    type: 'string',
    flag: 'validation.tls.caCertificates',
    description:
      'file with the roots by which the API server knows that certificate; without it those of the identity',
  },
  validationClientCaFile: {
    type: 'string',
    flag: 'validation-client-ca-file',
    description: 'file with the roots of those who may ask; without it anybody may who can reach the port',
  },
  validationRequestsPerSecond: {
    type: 'int',
    flag: 'validation-max-requests-per-second',
    default: 500,
    min: 1,
    description: 'reviews in a second; twice as many at once',
  },
  reconcileWebhook: {
    type: 'bool',
    flag: 'enable-reconcileWebhookConfiguration',
    description:
      'register the webhook with Kubernetes and keep it registered; without --enable-validation keep it away instead',
  },
  webhookConfigFile: {
    type: 'string',
    flag: 'validation-webhook-config-file',
    description:
      'file with the ValidatingWebhookConfiguration to register; without it one for every kind that is known',
  },
  webhookName: {
    type: 'string',
    flag: 'webhook-name',
    default: 'istio-galley',
    description: 'name of the ValidatingWebhookConfiguration',
  },
  deploymentName: {
    type: 'string',
    flag: 'deployment-name',
    default: 'istio-galley',
    description:
      'name of the Deployment of galley; the registration goes away with the ClusterRole NAME-NAMESPACE',
  },
  serviceName: {
    type: 'string',
    flag: 'service-name',
    default: 'istio-galley',
    description:
      'name of the Service that leads to the webhook: until it has an address nothing is registered',
  },
} as const satisfies Options;
