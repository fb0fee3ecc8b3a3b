import type { AttributeManifest } from './manifest.ts';
import type { ValueType } from './value.ts';
import { VALUE_TYPES } from './value.ts';

/** What proxies report, by type: the classic `istioproxy` manifest. */
const PROXY: Readonly<Partial<Record<ValueType, string>>> = {
  STRING: `origin.uid origin.user
    request.id request.host request.method request.path request.url_path request.reason request.referer request.scheme
    request.useragent request.api_key request.auth.principal request.auth.audiences request.auth.presenter
    request.auth.raw_claims response.grpc_status response.grpc_message source.uid source.user source.principal
    destination.uid destination.principal connection.event connection.id connection.requested_server_name
    context.protocol context.proxy_error_code context.reporter.kind context.reporter.uid context.proxy_version
    api.service api.version api.operation api.protocol
    rbac.permissive.response_code rbac.permissive.effective_policy_id check.error_message`,
  INT64: `request.size request.total_size response.code response.size response.total_size destination.port
    connection.received.bytes connection.received.bytes_total connection.sent.bytes connection.sent.bytes_total
    check.error_code`,
  BOOL: 'connection.mtls context.reporter.local check.cache_hit quota.cache_hit',
  TIMESTAMP: 'request.time response.time context.time context.timestamp',
  DURATION: 'response.duration connection.duration',
  IP_ADDRESS: 'origin.ip',
  STRING_MAP: 'request.headers request.query_params request.auth.claims response.headers',
};

/** What is known of workloads and services: the classic `kubernetes` manifest. */
const WORKLOADS: Readonly<Partial<Record<ValueType, string>>> = {
  STRING: `source.name source.namespace source.owner source.serviceAccount source.services
    source.workload.uid source.workload.name source.workload.namespace
    destination.name destination.namespace destination.owner destination.serviceAccount destination.container.name
    destination.service.uid destination.service.name destination.service.namespace destination.service.host
    destination.workload.uid destination.workload.name destination.workload.namespace`,
  IP_ADDRESS: 'source.ip destination.ip',
  STRING_MAP: 'source.labels source.metadata destination.labels destination.metadata',
};

/** The attributes that every mesh has without an attributemanifest of its own. */
export const standardManifest: AttributeManifest = new Map(
  [PROXY, WORKLOADS].flatMap((table) =>
    Object.entries(table).flatMap(([type, names]) =>
      names.split(/\s+/).map((name) => [name, asType(type)] as const),
    ),
  ),
);

function asType(type: string): ValueType {
  for (const known of VALUE_TYPES) if (known === type) return known;
  throw new Error(`no value type ${type}`);
}
