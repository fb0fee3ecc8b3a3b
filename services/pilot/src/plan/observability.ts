import type { MeshSettings } from '../snapshot/mesh-settings.ts';
import type { AccessLogPlan, TracingPlan } from './types.ts';

/** The classic text format, which users parse; the policy status has no source in a proxy without the mixer filter. */
const TEXT_FORMAT = [
  '[%START_TIME%]',
  '"%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%"',
  '%RESPONSE_CODE%',
  '%RESPONSE_FLAGS%',
  '"%DYNAMIC_METADATA(istio.mixer:status)%"',
  '"%UPSTREAM_TRANSPORT_FAILURE_REASON%"',
  '%BYTES_RECEIVED%',
  '%BYTES_SENT%',
  '%DURATION%',
  '%RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)%',
  '"%REQ(X-FORWARDED-FOR)%"',
  '"%REQ(USER-AGENT)%"',
  '"%REQ(X-REQUEST-ID)%"',
  '"%REQ(:AUTHORITY)%"',
  '"%UPSTREAM_HOST%"',
  '%UPSTREAM_CLUSTER%',
  '%UPSTREAM_LOCAL_ADDRESS%',
  '%DOWNSTREAM_LOCAL_ADDRESS%',
  '%DOWNSTREAM_REMOTE_ADDRESS%',
  '%REQUESTED_SERVER_NAME%',
  '%ROUTE_NAME%\n',
].join(' ');

const JSON_FIELDS: Readonly<Record<string, string>> = {
  start_time: '%START_TIME%',
  route_name: '%ROUTE_NAME%',
  method: '%REQ(:METHOD)%',
  path: '%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%',
  protocol: '%PROTOCOL%',
  response_code: '%RESPONSE_CODE%',
  response_flags: '%RESPONSE_FLAGS%',
  bytes_received: '%BYTES_RECEIVED%',
  bytes_sent: '%BYTES_SENT%',
  duration: '%DURATION%',
  upstream_service_time: '%RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)%',
  x_forwarded_for: '%REQ(X-FORWARDED-FOR)%',
  user_agent: '%REQ(USER-AGENT)%',
  request_id: '%REQ(X-REQUEST-ID)%',
  authority: '%REQ(:AUTHORITY)%',
  upstream_host: '%UPSTREAM_HOST%',
  upstream_cluster: '%UPSTREAM_CLUSTER%',
  upstream_local_address: '%UPSTREAM_LOCAL_ADDRESS%',
  downstream_local_address: '%DOWNSTREAM_LOCAL_ADDRESS%',
  downstream_remote_address: '%DOWNSTREAM_REMOTE_ADDRESS%',
  requested_server_name: '%REQUESTED_SERVER_NAME%',
  istio_policy_status: '%DYNAMIC_METADATA(istio.mixer:status)%',
  upstream_transport_failure_reason: '%UPSTREAM_TRANSPORT_FAILURE_REASON%',
};

/** What every chain of a mesh writes and traces. */
export function observability(mesh: MeshSettings): {
  readonly accessLog?: AccessLogPlan;
  readonly tracing?: TracingPlan;
} {
  return { ...accessLog(mesh), ...(mesh.tracing && { tracing: mesh.tracing }) };
}

/** The access log of a mesh that has one. */
export function accessLog(mesh: MeshSettings): { readonly accessLog?: AccessLogPlan } {
  if (!mesh.accessLog) return {};
  const { path, json, format } = mesh.accessLog;
  if (json)
    return { accessLog: { path, format: { kind: 'json', fields: parseFields(format) ?? JSON_FIELDS } } };
  return { accessLog: { path, format: { kind: 'text', text: format === '' ? TEXT_FORMAT : format } } };
}

/** A JSON object of texts; anything else is no format, and the standard one is used. */
function parseFields(format: string): Readonly<Record<string, string>> | undefined {
  if (format === '') return undefined;
  try {
    const parsed: unknown = JSON.parse(format);
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return undefined;
    const entries = Object.entries(parsed).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    );
    return Object.fromEntries(entries);
  } catch {
    return undefined;
  }
}
