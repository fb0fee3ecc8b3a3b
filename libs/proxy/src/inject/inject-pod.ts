import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import type { Finding } from '@quintet/model';
import { TOKEN_SECRET } from '../bootstrap/bootstrap-options.ts';
import type { ProxiedProbe } from '../bootstrap/proxied-probe.ts';
import { readAnnotations } from './annotations.ts';
import { applyWishes } from './apply-wishes.ts';
import { initContainer } from './init-container.ts';
import { isJsonObject, listAt, objectAt, textAt } from './json-shape.ts';
import {
  INIT_CONTAINER,
  PROXY_CONTAINER,
  SDS_VOLUME,
  STATUS_ANNOTATION,
  TLS_MODE_ISTIO,
  TLS_MODE_LABEL,
  TOKEN_FILE,
  TOKEN_FOLDER,
  TOKEN_SECRET_ANNOTATION,
  TOKEN_SECRET_FILE,
  TOKEN_VOLUME,
} from './names.ts';
import type { Pod, PodContainer } from './pod.ts';
import { podBootstrapArgument } from './pod-bootstrap.ts';
import { rewriteProbes } from './probes.ts';
import { folderOf, proxyContainer } from './proxy-container.ts';
import type { InjectionSettings } from './settings.ts';
import { workloadOf } from './workload.ts';

export type InjectionInput = {
  readonly pod: Pod;
  /** Namespace that the pod is made in. */
  readonly namespace: string;
  readonly settings: InjectionSettings;
  /** Says which configuration made the sidecar; goes into the status annotation. */
  readonly version: string;
  /** Annotations that every injected pod gets; those of the pod win. */
  readonly injectedAnnotations: Readonly<Record<string, string>>;
};

/** The pod with its sidecar, or why it cannot have one. */
export type Injection =
  | {
      readonly ok: true;
      readonly pod: JsonObject;
      /** What the pod asks for and does not get. */
      readonly notices: readonly Finding[];
    }
  | { readonly ok: false; readonly findings: readonly Finding[] };

/** How long a token of the kubelet is valid; it is renewed well before. */
const TOKEN_SECONDS = 43_200;

/**
 * Adds the sidecar to a pod that `decide` said yes to: capture, proxy, token, the node agent's socket, status. The same
 * pod and settings give the same result. `pod` itself is not changed.
 */
export function injectPod(input: InjectionInput): Injection {
  const { pod, namespace } = input;
  const { wishes, findings, notices } = readAnnotations(pod.annotations);
  const problems = [...nameConflicts(pod), ...findings];
  if (problems.length > 0) return { ok: false, findings: problems };
  const settings = applyWishes(input.settings, wishes);
  const initContainers = withProbes(pod.initContainers, settings);
  const containers = withProbes(pod.containers, settings);
  const workload = workloadOf(pod, namespace);
  const probes = [...initContainers, ...containers].flatMap((container) => container.probes);
  const bootstrap = podBootstrapArgument({ pod, workload, settings, probes });
  const added = {
    initContainers: [
      ...(settings.capture.mode === 'NONE' ? [] : [initContainer(settings)]),
      proxyContainer(settings, bootstrap),
    ],
    volumes: [tokenVolume(settings), socketVolume(settings), ...settings.userVolumes],
    imagePullSecrets: newPullSecrets(pod, settings),
  };
  const spec = {
    ...objectAt(pod.json, 'spec'),
    initContainers: [...added.initContainers, ...initContainers.map(({ json }) => json)],
    containers: containers.map(({ json }) => json),
    volumes: [...listAt(objectAt(pod.json, 'spec'), 'volumes'), ...added.volumes],
    ...(added.imagePullSecrets.length > 0 && {
      imagePullSecrets: [
        ...listAt(objectAt(pod.json, 'spec'), 'imagePullSecrets'),
        ...added.imagePullSecrets,
      ],
    }),
  };
  const annotations = injectedAnnotations(input, statusOf(input.version, added));
  return { ok: true, pod: { ...pod.json, metadata: metadataOf(pod, annotations), spec }, notices };
}

function withProbes(containers: readonly PodContainer[], settings: InjectionSettings) {
  const { rewriteProbes: wanted, statusPort } = settings;
  const none: readonly ProxiedProbe[] = [];
  return containers.map((container) =>
    wanted && statusPort !== 0
      ? rewriteProbes(container, statusPort)
      : { json: container.json, probes: none },
  );
}

function nameConflicts(pod: Pod): Finding[] {
  const containers = [...pod.initContainers, ...pod.containers].map(({ name }) => name);
  const conflict = (path: string, name: string): Finding => ({
    path,
    message: `found the name "${name}", expected another: it is the name of what injection adds`,
  });
  return [
    ...[INIT_CONTAINER, PROXY_CONTAINER]
      .filter((name) => containers.includes(name))
      .map((name) => conflict('spec.containers', name)),
    ...[TOKEN_VOLUME, SDS_VOLUME]
      .filter((name) => pod.volumeNames.includes(name))
      .map((name) => conflict('spec.volumes', name)),
  ];
}

/** The token that the node agent asks for, and the file by which Envoy finds and follows it. */
function tokenVolume({ tokenAudience }: InjectionSettings): JsonObject {
  const fieldPath = `metadata.annotations['${TOKEN_SECRET_ANNOTATION}']`;
  return {
    name: TOKEN_VOLUME,
    projected: {
      sources: [
        {
          serviceAccountToken: {
            path: TOKEN_FILE,
            audience: tokenAudience,
            expirationSeconds: TOKEN_SECONDS,
          },
        },
        { downwardAPI: { items: [{ path: TOKEN_SECRET_FILE, fieldRef: { fieldPath } }] } },
      ],
    },
  };
}

function socketVolume({ agentSocket }: InjectionSettings): JsonObject {
  return { name: SDS_VOLUME, hostPath: { path: folderOf(agentSocket), type: 'DirectoryOrCreate' } };
}

/** An SDS answer whose secret is a file: Envoy reads that file again whenever the kubelet swaps its folder. */
const TOKEN_SECRET_ANSWER = JSON.stringify({
  resources: [
    {
      '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret',
      name: TOKEN_SECRET,
      generic_secret: { secret: { filename: `${TOKEN_FOLDER}/${TOKEN_FILE}` } },
    },
  ],
});

function newPullSecrets(pod: Pod, { imagePullSecrets }: InjectionSettings): JsonObject[] {
  const present = listAt(objectAt(pod.json, 'spec'), 'imagePullSecrets')
    .filter(isJsonObject)
    .map((secret) => textAt(secret, 'name'));
  return imagePullSecrets.filter((name) => !present.includes(name)).map((name) => ({ name }));
}

type Added = Readonly<Record<'initContainers' | 'volumes' | 'imagePullSecrets', readonly JsonObject[]>>;

/** The classic status: which configuration injected, and what. */
function statusOf(version: string, added: Added): string {
  const names = (objects: readonly JsonObject[]): JsonValue[] => objects.map((one) => textAt(one, 'name'));
  return JSON.stringify({
    version,
    initContainers: names(added.initContainers),
    containers: [],
    volumes: names(added.volumes),
    imagePullSecrets: names(added.imagePullSecrets),
  });
}

function injectedAnnotations(input: InjectionInput, status: string): Record<string, string> {
  return {
    ...input.injectedAnnotations,
    ...input.pod.annotations,
    [TOKEN_SECRET_ANNOTATION]: TOKEN_SECRET_ANSWER,
    [STATUS_ANNOTATION]: status,
  };
}

function metadataOf(pod: Pod, annotations: Record<string, string>): JsonObject {
  return {
    ...objectAt(pod.json, 'metadata'),
    labels: { ...pod.labels, [TLS_MODE_LABEL]: TLS_MODE_ISTIO },
    annotations,
  };
}
