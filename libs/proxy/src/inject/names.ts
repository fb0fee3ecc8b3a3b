/** Names that injection adds to a pod; the classic ones where the thing is the classic one. */
export const PROXY_CONTAINER = 'istio-proxy';
export const INIT_CONTAINER = 'istio-init';
export const TOKEN_VOLUME = 'istio-token';
export const SDS_VOLUME = 'sds-uds-path';

/** Annotation that says what was injected. */
export const STATUS_ANNOTATION = 'sidecar.istio.io/status';
/** Annotation that asks for injection, or for none. */
export const INJECT_ANNOTATION = 'sidecar.istio.io/inject';
/** Annotation that holds the SDS answer for the token: the kubelet shows it to Envoy as a file. */
export const TOKEN_SECRET_ANNOTATION = 'sidecar.quintet.io/token-secret';
/** Label by which others know that the pod speaks mutual TLS. */
export const TLS_MODE_LABEL = 'security.istio.io/tlsMode';
export const TLS_MODE_ISTIO = 'istio';

/** User and group of the proxy: traffic of this group is not captured. */
export const PROXY_ID = 1337;
/** Port of the proxy's metrics. */
export const STATS_PORT = 15_090;

/** Folder of the token in the proxy's container. */
export const TOKEN_FOLDER = '/var/run/secrets/tokens';
export const TOKEN_FILE = 'istio-token';
export const TOKEN_SECRET_FILE = 'token-secret.json';
