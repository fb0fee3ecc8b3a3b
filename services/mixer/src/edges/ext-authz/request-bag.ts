import { type Bag, parseIp, stringMapOf, timestamp, type Value } from '@quintet/expr';
import { CONTEXT_NAMESPACE, REPORTER_KINDS } from '@quintet/model';
import type { AttributeContext } from '@quintet/proto/envoy/service/auth/v3/attribute_context_pb.js';
import { contextValue } from '../../attributes/context-value.ts';
import { type Extractor, lazyBag } from '../../attributes/lazy-bag.ts';
import { queryParams, urlPath } from '../../attributes/paths.ts';
import { principalOf } from '../../attributes/principal.ts';
import { ipOf, portOf } from '../address.ts';
import { PEER_ATTRIBUTES, type Peers } from '../peers.ts';
import { AUTH_ATTRIBUTES, verifiedClaims } from '../request-auth.ts';
import { timestampValue } from '../wire-time.ts';

/** A question of ext_authz with what is known of its two ends. */
export type AuthzRequest = { readonly context: AttributeContext; readonly peers: Peers };

/** The attributes of a question, found when they are asked for. */
export function requestBag(request: AuthzRequest): Bag {
  return lazyBag(request, EXTRACTORS);
}

/** What pilot wrote into the context of listener and route under a key; empty when it wrote nothing. */
export function contextText(context: AttributeContext, key: string): string {
  const extension = context.contextExtensions[key];
  if (extension !== undefined) return extension;
  const routed = context.routeMetadataContext?.filterMetadata[CONTEXT_NAMESPACE]?.[key];
  return typeof routed === 'string' ? routed : '';
}

type Read = Extractor<AuthzRequest>;

/** Attributes that pilot says; for the others a reading of the request itself or of the workloads at its ends. */
const FROM_CONTEXT =
  `context.reporter.uid context.proxy_version source.uid source.namespace source.workload.name
  source.workload.namespace destination.uid destination.namespace destination.ip destination.port
  destination.workload.name destination.workload.namespace destination.service.host destination.service.name
  destination.service.namespace destination.service.uid`.split(/\s+/);

const HTTP: readonly (readonly [string, Read])[] = [
  [
    'request.headers',
    ({ context }) => {
      const headers = context.request?.http?.headers;
      return headers === undefined ? undefined : stringMapOf(headers);
    },
  ],
  ['request.id', (request) => header(request, 'x-request-id')],
  ['request.useragent', (request) => header(request, 'user-agent')],
  ['request.referer', (request) => header(request, 'referer')],
  ['request.method', ({ context }) => context.request?.http?.method || undefined],
  ['request.host', ({ context }) => context.request?.http?.host || undefined],
  ['request.scheme', ({ context }) => context.request?.http?.scheme || undefined],
  ['request.path', ({ context }) => context.request?.http?.path || undefined],
  ['request.url_path', ({ context }) => of(context.request?.http?.path, urlPath)],
  ['request.query_params', ({ context }) => of(context.request?.http?.path, queryParams)],
  [
    'request.size',
    ({ context }) => {
      const size = context.request?.http?.size;
      return size === undefined || size < 0n ? undefined : size;
    },
  ],
  ['request.time', ({ context }) => timestampValue(context.request?.time)],
];

const CONNECTION: readonly (readonly [string, Read])[] = [
  ['source.principal', ({ peers }) => of(peers.sourceId, principalOf)],
  ['source.user', ({ peers }) => of(peers.sourceId, principalOf)],
  ['destination.principal', ({ peers }) => of(peers.destinationId, principalOf)],
  ['origin.ip', ({ context }) => of(ipOf(context.source?.address), parseIp)],
  ['connection.mtls', ({ context }) => (context.source?.principal ?? '') !== ''],
  ['connection.requested_server_name', ({ context }) => context.tlsSession?.sni || undefined],
  ['context.protocol', protocol],
  [
    'context.reporter.kind',
    ({ context }) => contextText(context, 'context.reporter.kind') || REPORTER_KINDS.destination,
  ],
  [
    'context.reporter.local',
    ({ context }) => contextText(context, 'context.reporter.kind') !== REPORTER_KINDS.source,
  ],
  ['context.time', ({ context }) => timestampValue(context.request?.time)],
  ['context.timestamp', ({ context }) => timestampValue(context.request?.time) ?? timestamp(0n)],
];

const EXTRACTORS: ReadonlyMap<string, Read> = new Map<string, Read>([
  ...[...PEER_ATTRIBUTES].map(([name, read]): readonly [string, Read] => [name, ({ peers }) => read(peers)]),
  ...[...AUTH_ATTRIBUTES].map(([name, read]): readonly [string, Read] => [
    name,
    ({ context }) => {
      const claims = verifiedClaims(context.metadataContext?.filterMetadata);
      return claims === undefined ? undefined : read(claims);
    },
  ]),
  ...HTTP,
  ...CONNECTION,
  ...FROM_CONTEXT.map((name): readonly [string, Read] => [
    name,
    (request) => contextValue(name, contextText(request.context, name)) ?? withoutContext(name, request),
  ]),
  ['source.ip', ({ context }) => of(ipOf(context.source?.address), parseIp)],
]);

function withoutContext(name: string, request: AuthzRequest): Value | undefined {
  const known = PEER_ATTRIBUTES.get(name)?.(request.peers);
  if (known !== undefined) return known;
  const inbound = contextText(request.context, 'context.reporter.kind') !== REPORTER_KINDS.source;
  const address = inbound ? request.context.destination?.address : undefined;
  if (name === 'destination.ip') return of(ipOf(address), parseIp);
  return name === 'destination.port' ? portOf(address) : undefined;
}

function protocol({ context }: AuthzRequest): Value {
  const told = contextText(context, 'context.protocol');
  if (told !== '') return told;
  const http = context.request?.http;
  if (http === undefined) return 'tcp';
  return http.headers['content-type']?.startsWith('application/grpc') === true ? 'grpc' : 'http';
}

function header({ context }: AuthzRequest, name: string): string | undefined {
  return context.request?.http?.headers[name];
}

function of<T, R>(value: T | undefined, convert: (value: T) => R): R | undefined {
  return value === undefined ? undefined : convert(value);
}
