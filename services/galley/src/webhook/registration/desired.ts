import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import { MeshError } from '@quintet/runtime';
import { parseDocument } from 'yaml';
import { ADMISSION_PATHS } from '../paths.ts';

/** What the registration is made with besides the file. */
export type RegistrationNames = {
  /** Name of the ValidatingWebhookConfiguration. */
  readonly name: string;
  readonly serviceName: string;
  readonly namespace: string;
};

export const REGISTRATION = {
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  plural: 'validatingwebhookconfigurations',
  kind: 'ValidatingWebhookConfiguration',
  scope: 'cluster',
} as const;

/** A registration with everything said that the API server would fill in, so that it can be compared with what is there. */
export type Registration = {
  readonly name: string;
  readonly labels: Readonly<Record<string, JsonValue>>;
  readonly annotations: Readonly<Record<string, JsonValue>>;
  /** In the order of the file; without the roots. */
  readonly webhooks: readonly JsonObject[];
  /** Whether every webhook is reached through the Service, whose endpoints are to be waited for. */
  readonly usesService: boolean;
};

const MAX_FILE_CHARACTERS = 1024 * 1024;

/**
 * Reads the file of a registration: a ValidatingWebhookConfiguration of v1, or of v1beta1 as classic installations have
 * it. Throws `invalid_argument` that says what is wrong with it.
 */
export function readRegistration(text: string, { name }: Pick<RegistrationNames, 'name'>): Registration {
  if (text.length > MAX_FILE_CHARACTERS)
    throw wrong('', `expected at most ${MAX_FILE_CHARACTERS} characters`);
  const document = parseDocument(text, { schema: 'core', stringKeys: true });
  if (document.errors[0] !== undefined)
    throw wrong('', `no YAML: ${document.errors[0].message.split('\n')[0]}`);
  const json: JsonValue = document.toJS({ maxAliasCount: 0 });
  if (!isMap(json)) throw wrong('', 'expected a map');
  const { apiVersion, kind, metadata, webhooks } = json;
  const versions = [`${REGISTRATION.group}/v1`, `${REGISTRATION.group}/v1beta1`];
  if (!versions.some((version) => version === apiVersion))
    throw wrong('apiVersion', `expected ${versions.join(' or ')}, found ${JSON.stringify(apiVersion)}`);
  if (kind !== REGISTRATION.kind)
    throw wrong('kind', `expected ${REGISTRATION.kind}, found ${JSON.stringify(kind)}`);
  const named = isMap(metadata) ? metadata : {};
  if (named.name !== undefined && named.name !== name)
    throw wrong(
      'metadata.name',
      `expected ${name} as --webhook-name says, found ${JSON.stringify(named.name)}`,
    );
  if (!Array.isArray(webhooks) || webhooks.length === 0) throw wrong('webhooks', 'expected at least one');
  return registration({
    name,
    labels: isMap(named.labels) ? named.labels : {},
    annotations: isMap(named.annotations) ? named.annotations : {},
    webhooks: webhooks.map((webhook, index) => completed(webhook, `webhooks[${index}]`)),
  });
}

/** The registration when there is no file: the classic two webhooks, for every kind and version that is known. */
export function defaultRegistration({ name, serviceName, namespace }: RegistrationNames): Registration {
  const webhooks = ADMISSION_PATHS.map(({ path, webhook, kinds }, index) => {
    const groups = Map.groupBy(kinds, ({ group, versions }) => `${group} ${versions.join(' ')}`);
    const rules = [...groups.values()].map((rows) => ({
      operations: ['CREATE', 'UPDATE'],
      apiGroups: [...new Set(rows.map(({ group }) => group))],
      apiVersions: [...(rows[0]?.versions ?? [])],
      resources: rows.map(({ plural }) => plural).sort(),
    }));
    const service = { name: serviceName, namespace, path };
    return completed({ name: webhook, clientConfig: { service }, rules }, `webhooks[${index}]`);
  });
  const labels = { app: 'galley', istio: 'galley' };
  return registration({ name, labels, annotations: {}, webhooks });
}

function registration(parts: Omit<Registration, 'usesService'>): Registration {
  const usesService = parts.webhooks.some(
    ({ clientConfig }) => isMap(clientConfig) && isMap(clientConfig.service),
  );
  return { ...parts, usesService };
}

/** A webhook with the defaults of the API server. Answers come in v1 and v1beta1, and nothing is changed by asking. */
function completed(webhook: JsonValue, path: string): JsonObject {
  if (!isMap(webhook)) throw wrong(path, 'expected a map');
  const { name, clientConfig, rules } = webhook;
  if (typeof name !== 'string' || name === '') throw wrong(`${path}.name`, 'expected a name');
  if (!isMap(clientConfig)) throw wrong(`${path}.clientConfig`, 'expected service or url');
  const { service, url } = clientConfig;
  if (isMap(service) === (typeof url === 'string'))
    throw wrong(`${path}.clientConfig`, 'expected either service or url');
  if (rules !== undefined && !Array.isArray(rules)) throw wrong(`${path}.rules`, 'expected a list');
  const { matchConditions } = webhook;
  return {
    name,
    clientConfig: isMap(service) ? { service: { port: 443, ...service } } : { url: url ?? '' },
    rules: (rules ?? []).map((rule) => (isMap(rule) ? { scope: '*', ...rule } : rule)),
    failurePolicy: webhook.failurePolicy ?? 'Fail',
    matchPolicy: webhook.matchPolicy ?? 'Equivalent',
    namespaceSelector: webhook.namespaceSelector ?? {},
    objectSelector: webhook.objectSelector ?? {},
    sideEffects: 'None',
    timeoutSeconds: webhook.timeoutSeconds ?? 10,
    admissionReviewVersions: ['v1', 'v1beta1'],
    ...(matchConditions !== undefined && { matchConditions }),
  };
}

/** The webhooks as they are to be sent: with the roots by which the API server knows the webhook. */
export function withRoots({ webhooks }: Registration, caPem: string): readonly JsonObject[] {
  const caBundle = Buffer.from(caPem).toString('base64');
  return webhooks.map((webhook) => {
    const { clientConfig } = webhook;
    return { ...webhook, clientConfig: { ...(isMap(clientConfig) ? clientConfig : {}), caBundle } };
  });
}

export function isMap(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function wrong(path: string, message: string): MeshError {
  const where = path === '' ? '' : ` ${path}:`;
  return new MeshError('invalid_argument', `--validation-webhook-config-file:${where} ${message}`);
}
