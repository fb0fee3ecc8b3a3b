import type { JsonObject } from '@bufbuild/protobuf';
import { PROXY_CONTAINER, PROXY_ID, SDS_VOLUME, STATS_PORT, TOKEN_FOLDER, TOKEN_VOLUME } from './names.ts';
import { RUNTIME_FIELDS } from './pod-bootstrap.ts';
import type { InjectionSettings } from './settings.ts';

/** Time for the proxy to get its first configuration; then the kubelet starts it anew. */
const START_WITHIN_SECONDS = 600;

/**
 * The proxy as a native sidecar: an init container that keeps running, so that it is there before the application and
 * until after it. It is stock Envoy and nothing else; `bootstrap` is its whole configuration.
 */
export function proxyContainer(settings: InjectionSettings, bootstrap: string): JsonObject {
  const { image, imagePullPolicy, resources, userMounts } = settings;
  return {
    name: PROXY_CONTAINER,
    image,
    ...(imagePullPolicy !== '' && { imagePullPolicy }),
    restartPolicy: 'Always',
    command: ['envoy'],
    args: [...processArguments(settings), '--config-yaml', bootstrap],
    env: RUNTIME_FIELDS.map(([name, fieldPath]) => ({ name, valueFrom: { fieldRef: { fieldPath } } })),
    ports: [{ name: 'http-envoy-prom', containerPort: STATS_PORT, protocol: 'TCP' }],
    resources,
    securityContext: securityContext(settings),
    ...probes(settings),
    volumeMounts: [
      { name: TOKEN_VOLUME, mountPath: TOKEN_FOLDER, readOnly: true },
      { name: SDS_VOLUME, mountPath: folderOf(settings.agentSocket), readOnly: true },
      ...userMounts,
    ],
  };
}

/** The folder of the node agent's socket, which is mounted as a whole: the socket is made anew when the agent starts. */
export function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/';
}

function processArguments(settings: InjectionSettings): string[] {
  const { concurrency, drainSeconds, logLevel, componentLogLevel } = settings;
  return [
    '--disable-hot-restart',
    '--drain-time-s',
    `${drainSeconds}`,
    '--local-address-ip-version',
    'v4',
    '--log-level',
    logLevel,
    ...(componentLogLevel === '' ? [] : ['--component-log-level', componentLogLevel]),
    ...(concurrency === 0 ? [] : ['--concurrency', `${concurrency}`]),
  ];
}

function probes({ statusPort, readiness, holdApplication }: InjectionSettings): JsonObject {
  if (statusPort === 0) return {};
  const httpGet = { path: '/healthz/ready', port: statusPort };
  return {
    readinessProbe: { httpGet, ...readiness, timeoutSeconds: 3 },
    ...(holdApplication && {
      startupProbe: { httpGet, periodSeconds: 1, failureThreshold: START_WITHIN_SECONDS, timeoutSeconds: 3 },
    }),
  };
}

/** As little as possible; a transparent proxy must be allowed to use addresses that are not its own. */
function securityContext({ capture }: InjectionSettings): JsonObject {
  const transparent = capture.mode === 'TPROXY';
  return {
    allowPrivilegeEscalation: false,
    capabilities: { ...(transparent && { add: ['NET_ADMIN'] }), drop: ['ALL'] },
    privileged: false,
    readOnlyRootFilesystem: true,
    runAsGroup: PROXY_ID,
    runAsNonRoot: !transparent,
    runAsUser: transparent ? 0 : PROXY_ID,
    seccompProfile: { type: 'RuntimeDefault' },
  };
}
