import type { JsonObject } from '@bufbuild/protobuf';
import { type Capture, captureScript } from './capture.ts';
import { INIT_CONTAINER, STATS_PORT } from './names.ts';
import type { InjectionSettings } from './settings.ts';

/** The container that sets up the capture of connections before anything else of the pod runs. */
export function initContainer(settings: InjectionSettings): JsonObject {
  const { initImage, imagePullPolicy, initResources } = settings;
  return {
    name: INIT_CONTAINER,
    image: initImage,
    ...(imagePullPolicy !== '' && { imagePullPolicy }),
    command: ['/bin/sh', '-c'],
    args: [captureScript(captureOf(settings))],
    resources: initResources,
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { add: ['NET_ADMIN', 'NET_RAW'], drop: ['ALL'] },
      privileged: false,
      // iptables keeps its lock in /run.
      readOnlyRootFilesystem: false,
      runAsGroup: 0,
      runAsNonRoot: false,
      runAsUser: 0,
    },
  };
}

/** What Kubernetes and Prometheus ask of the proxy itself is never captured. */
function captureOf({ capture, statusPort }: InjectionSettings): Capture {
  const own = statusPort === 0 ? [STATS_PORT] : [STATS_PORT, statusPort];
  return { ...capture, excludeInboundPorts: [...capture.excludeInboundPorts, ...own] };
}
