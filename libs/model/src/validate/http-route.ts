import type {
  CorsPolicy,
  HTTPRetry,
  HTTPRewrite,
  HTTPRoute,
} from '@quintet/proto/istio/networking/v1alpha3/virtual_service_pb.js';
import { checkDestination, checkWeights } from './destination.ts';
import { checkHttpAction } from './http-action.ts';
import { checkFault } from './http-fault.ts';
import { checkHeaderMaps, checkHeaderName } from './http-headers.ts';
import { checkDelegatingMatch, checkHttpMatch } from './http-match.ts';
import { type Report, shown } from './report.ts';
import { checkRegex, checkStringMatch } from './string-match.ts';
import { checkDuration, checkPercent, checkPercentage, checkPort } from './values.ts';

/** Checks one HTTP route of a VirtualService. */
export function checkHttpRoute(route: HTTPRoute, path: string, report: Report): void {
  for (const [index, match] of route.match.entries()) {
    checkHttpMatch(match, `${path}.match[${index}]`, report);
    if (route.delegate !== undefined) checkDelegatingMatch(match, `${path}.match[${index}]`, report);
  }
  checkHttpAction(route, path, report);
  checkHeaderMaps(route, path, report);
  for (const [index, { destination, ...rest }] of route.route.entries()) {
    checkDestination(destination, `${path}.route[${index}].destination`, report);
    checkHeaderMaps(rest, `${path}.route[${index}]`, report);
  }
  const weights = route.route.map((each) => each.weight);
  checkWeights(weights, `${path}.route`, report);
  checkFault(route.fault, `${path}.fault`, report);
  checkDuration(route.timeout, `${path}.timeout`, report);
  checkRetries(route.retries, `${path}.retries`, report);
  checkCors(route.corsPolicy, `${path}.corsPolicy`, report);
  checkMirror(route, path, report);
  checkRewrite(route.rewrite, `${path}.rewrite`, report);
}

function checkRewrite(rewrite: HTTPRewrite | undefined, path: string, report: Report): void {
  if (rewrite === undefined) return;
  const { uri, authority, uriRegexRewrite } = rewrite;
  if (uri === '' && authority === '' && uriRegexRewrite === undefined) {
    report(path, 'expected uri or authority, found neither');
  }
  if (uriRegexRewrite === undefined) return;
  if (uri !== '') report(`${path}.uriRegexRewrite`, 'expected one of uri and uriRegexRewrite, found both');
  const { match, rewrite: to } = uriRegexRewrite;
  if (match === '') report(`${path}.uriRegexRewrite.match`, 'expected a regular expression, found none');
  else checkRegex(match, `${path}.uriRegexRewrite.match`, report);
  if (to === '') report(`${path}.uriRegexRewrite.rewrite`, 'expected a replacement, found none');
}

const RETRY_CONDITIONS: ReadonlySet<string> = new Set([
  '5xx',
  'gateway-error',
  'reset',
  'connect-failure',
  'retriable-4xx',
  'refused-stream',
  'retriable-status-codes',
  'cancelled',
  'deadline-exceeded',
  'internal',
  'resource-exhausted',
  'unavailable',
  'retriable-headers',
  'envoy-ratelimited',
  'reset-before-request',
  'http3-post-connect-failure',
]);

/** Checks when and how often requests are tried again. */
export function checkRetries(retries: HTTPRetry | undefined, path: string, report: Report): void {
  if (retries === undefined) return;
  const { attempts, perTryTimeout, retryOn, retryRemoteLocalities, backoff } = retries;
  if (attempts < 0) report(`${path}.attempts`, `expected a number from 0, found ${attempts}`);
  if (
    attempts === 0 &&
    (perTryTimeout !== undefined || retryOn !== '' || retryRemoteLocalities !== undefined)
  ) {
    report(`${path}.attempts`, 'expected attempts above 0 where other fields are set, found 0');
  }
  checkDuration(perTryTimeout, `${path}.perTryTimeout`, report);
  checkDuration(backoff, `${path}.backoff`, report);
  if (retryOn === '') return;
  for (const token of retryOn.split(',').map((each) => each.trim())) {
    const status = /^[0-9]{3}$/.test(token) ? Number(token) : undefined;
    const right = status === undefined ? RETRY_CONDITIONS.has(token) : status >= 100 && status <= 599;
    if (!right)
      report(`${path}.retryOn`, `expected conditions of Envoy or status codes, found ${shown(token)}`);
  }
}

const METHODS: ReadonlySet<string> = new Set([
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'CONNECT',
  'OPTIONS',
  'TRACE',
]);

function checkCors(cors: CorsPolicy | undefined, path: string, report: Report): void {
  if (cors === undefined) return;
  for (const [index, origin] of cors.allowOrigin.entries())
    checkOrigin(origin, `${path}.allowOrigin[${index}]`, report);
  for (const [index, origin] of cors.allowOrigins.entries()) {
    checkStringMatch(origin, `${path}.allowOrigins[${index}]`, report);
  }
  for (const [index, method] of cors.allowMethods.entries()) {
    if (!METHODS.has(method)) {
      report(
        `${path}.allowMethods[${index}]`,
        `expected one of ${[...METHODS].join(', ')}; found ${shown(method)}`,
      );
    }
  }
  for (const field of ['allowHeaders', 'exposeHeaders'] as const) {
    for (const [index, names] of cors[field].entries()) {
      // The proxy gets one text with commas: several names in one entry mean the same.
      for (const name of names.split(',')) checkHeaderName(name.trim(), `${path}.${field}[${index}]`, report);
    }
  }
  const { maxAge } = cors;
  if (maxAge !== undefined && (maxAge.nanos !== 0 || maxAge.seconds < 0n)) {
    report(`${path}.maxAge`, 'expected whole seconds');
  }
}

function checkOrigin(origin: string, path: string, report: Report): void {
  if (origin === '*') return;
  const parts = /^https?:\/\/(?:\[[0-9a-fA-F:.]+\]|[^/\s:]+)(?::([0-9]{1,5}))?$/.exec(origin);
  if (parts === null) report(path, `expected "*" or http(s)://host[:port], found ${shown(origin)}`);
  else if (parts[1] !== undefined) checkPort(Number(parts[1]), path, report);
}

function checkMirror(route: HTTPRoute, path: string, report: Report): void {
  if (route.mirror !== undefined) checkDestination(route.mirror, `${path}.mirror`, report);
  if (route.mirrorPercent !== undefined) checkPercent(route.mirrorPercent, `${path}.mirrorPercent`, report);
  checkPercentage(route.mirrorPercentage, `${path}.mirrorPercentage`, report);
  if (route.mirror !== undefined && route.mirrors.length > 0) {
    report(`${path}.mirrors`, 'expected one of mirror and mirrors, found both');
  }
  for (const [index, { destination, percentage }] of route.mirrors.entries()) {
    checkDestination(destination, `${path}.mirrors[${index}].destination`, report);
    checkPercentage(percentage, `${path}.mirrors[${index}].percentage`, report);
  }
}
