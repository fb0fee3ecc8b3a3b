import { type Bag, duration, stringMapOf, timestamp, type Value } from '@quintet/expr';
import { RequestMethod } from '@quintet/proto/envoy/config/core/v3/base_pb.js';
import {
  AccessLogType,
  type HTTPAccessLogEntry,
} from '@quintet/proto/envoy/data/accesslog/v3/accesslog_pb.js';
import { type Extractor, lazyBag } from '../../attributes/lazy-bag.ts';
import { queryParams, urlPath } from '../../attributes/paths.ts';
import { AUTH_ATTRIBUTES, verifiedClaims } from '../request-auth.ts';
import { durationValue, timestampValue } from '../wire-time.ts';
import { COMMON_EXTRACTORS, type LoggedEntry } from './logged-entry.ts';

const RBAC_NAMESPACE = 'envoy.filters.http.rbac';

type HttpEntry = LoggedEntry & { readonly entry: HTTPAccessLogEntry };
type Read = Extractor<HttpEntry>;

/** Whether the entry says that a request has ended; entries about its begin or middle are no requests. */
export function isFinished(entry: HTTPAccessLogEntry): boolean {
  const type = entry.commonProperties?.accessLogType;
  return type === AccessLogType.DownstreamEnd || type === AccessLogType.NotSet;
}

/** The attributes of a request that has ended, found when they are asked for. */
export function httpBag(entry: HttpEntry): Bag {
  return lazyBag(entry, EXTRACTORS);
}

const REQUEST: readonly (readonly [string, Read])[] = [
  ['request.method', ({ entry }) => methodName(entry.request?.requestMethod)],
  ['request.scheme', ({ entry }) => entry.request?.scheme || undefined],
  ['request.host', ({ entry }) => entry.request?.authority || undefined],
  ['request.path', ({ entry }) => target(entry)],
  ['request.url_path', ({ entry }) => of(target(entry), urlPath)],
  ['request.query_params', ({ entry }) => of(target(entry), queryParams)],
  ['request.useragent', ({ entry }) => entry.request?.userAgent || undefined],
  ['request.referer', ({ entry }) => entry.request?.referer || undefined],
  ['request.id', ({ entry }) => entry.request?.requestId || undefined],
  ['request.headers', requestHeaders],
  ['request.size', ({ entry }) => entry.request?.requestBodyBytes ?? 0n],
  [
    'request.total_size',
    ({ entry: { request } }) => (request?.requestBodyBytes ?? 0n) + (request?.requestHeadersBytes ?? 0n),
  ],
  ['request.time', ({ common }) => timestampValue(common.startTime)],
];

const RESPONSE: readonly (readonly [string, Read])[] = [
  ['response.code', ({ entry }) => BigInt(entry.response?.responseCode ?? 0)],
  ['response.headers', ({ entry }) => of(entry.response?.responseHeaders, stringMapOf)],
  ['response.size', ({ entry }) => entry.response?.responseBodyBytes ?? 0n],
  [
    'response.total_size',
    ({ entry: { response } }) => (response?.responseBodyBytes ?? 0n) + (response?.responseHeadersBytes ?? 0n),
  ],
  [
    'response.duration',
    ({ common }) => durationValue(common.duration ?? common.timeToLastDownstreamTxByte) ?? duration(0n),
  ],
  ['response.time', endTime],
  ['response.grpc_status', ({ entry }) => trailer(entry, 'grpc-status')],
  ['response.grpc_message', ({ entry }) => trailer(entry, 'grpc-message')],
];

const REST: readonly (readonly [string, Read])[] = [
  ['context.protocol', protocol],
  [
    'rbac.permissive.response_code',
    ({ common }) => {
      const result = rbac({ common }, 'shadow_engine_result');
      return result === undefined ? undefined : result === 'allowed' ? 'allowed' : 'denied';
    },
  ],
  ['rbac.permissive.effective_policy_id', ({ common }) => rbac({ common }, 'shadow_effective_policy_id')],
];

const EXTRACTORS: ReadonlyMap<string, Read> = new Map<string, Read>([
  ...COMMON_EXTRACTORS,
  ...[...AUTH_ATTRIBUTES].map(([name, read]): readonly [string, Read] => [
    name,
    ({ common }) => {
      const claims = verifiedClaims(common.metadata?.filterMetadata);
      return claims === undefined ? undefined : read(claims);
    },
  ]),
  ...REQUEST,
  ...RESPONSE,
  ...REST,
]);

function methodName(method: RequestMethod | undefined): string | undefined {
  return method === undefined || method === RequestMethod.METHOD_UNSPECIFIED
    ? undefined
    : RequestMethod[method];
}

/** The path that the client asked for, before rewrites. */
function target({ request }: HTTPAccessLogEntry): string | undefined {
  return request?.originalPath || request?.path || undefined;
}

/** The headers that the log carries, with those that have fields of their own. */
function requestHeaders({ entry: { request } }: HttpEntry): Value | undefined {
  if (request === undefined) return undefined;
  const fields: Record<string, string | undefined> = {
    ':authority': request.authority,
    ':path': request.path,
    ':scheme': request.scheme,
    ':method': methodName(request.requestMethod),
    'user-agent': request.userAgent,
    referer: request.referer,
    'x-forwarded-for': request.forwardedFor,
    'x-request-id': request.requestId,
  };
  const known = Object.entries(fields).filter((field): field is [string, string] => (field[1] ?? '') !== '');
  return stringMapOf({ ...Object.fromEntries(known), ...request.requestHeaders });
}

function endTime({ common }: HttpEntry): Value | undefined {
  const start = timestampValue(common.startTime);
  const length = durationValue(common.duration ?? common.timeToLastDownstreamTxByte);
  return start === undefined || length === undefined ? start : timestamp(start.nanos + length.nanos);
}

function trailer({ response }: HTTPAccessLogEntry, name: string): string | undefined {
  return response?.responseTrailers[name] ?? response?.responseHeaders[name];
}

function protocol({ entry, common }: HttpEntry): Value {
  const told = common.customTags['context.protocol'];
  const grpc =
    entry.request?.requestHeaders['content-type']?.startsWith('application/grpc') === true ||
    trailer(entry, 'grpc-status') !== undefined;
  return grpc ? 'grpc' : (told ?? 'http');
}

function rbac({ common }: Pick<HttpEntry, 'common'>, key: string): string | undefined {
  const value = common.metadata?.filterMetadata[RBAC_NAMESPACE]?.[key];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function of<T, R>(value: T | undefined, convert: (value: T) => R): R | undefined {
  return value === undefined ? undefined : convert(value);
}
