import type { Container, NativePod } from '../native/pod.ts';

const PROXY_CONTAINER = 'istio-proxy';

/** The container that is the pod's proxy, an init container when it is a native sidecar. */
export function proxyOf({ spec }: NativePod): Container | undefined {
  return [...spec.containers, ...spec.initContainers].find(({ name }) => name === PROXY_CONTAINER);
}
