import type {
  CorsPolicy,
  HTTPRedirect,
  HTTPRetry,
  HTTPRoute,
} from '@quintet/proto/istio/networking/v1alpha3/virtual_service_pb.js';
import { checkDestination, checkWeights } from './destination.ts';
import { checkFault } from './http-fault.ts';
import { checkHeaderMaps } from './http-headers.ts';
import { checkHttpMatch } from './http-match.ts';
import { type Report, shown } from './report.ts';
import { checkStringMatch } from './string-match.ts';
import { checkDuration, checkPercent } from './values.ts';

/** Checks one HTTP route of a VirtualService. */
export function checkHttpRoute(route: HTTPRoute, path: string, report: Report): void {
  for (const [index, match] of route.match.entries())
    checkHttpMatch(match, `${path}.match[${index}]`, report);
  checkAction(route, path, report);
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
  const { rewrite } = route;
  if (
    rewrite !== undefined &&
    rewrite.uri === '' &&
    rewrite.authority === '' &&
    rewrite.uriRegexRewrite === undefined
  ) {
    report(`${path}.rewrite`, 'expected uri or authority, found neither');
  }
}

function checkAction(route: HTTPRoute, path: string, report: Report): void {
  const { redirect, directResponse } = route;
  if (redirect === undefined && directResponse === undefined) {
    if (route.route.length === 0 && route.delegate === undefined) {
      report(path, 'expected route, redirect or directResponse, found none');
    }
    return;
  }
  const action = redirect === undefined ? 'directResponse' : 'redirect';
  if (redirect !== undefined && directResponse !== undefined) {
    report(
      `${path}.directResponse`,
      'a route either redirects or answers: expected one of redirect and directResponse',
    );
  }
  if (route.route.length > 0)
    report(`${path}.route`, `a route with ${action} has no destination: expected none`);
  if (route.fault !== undefined)
    report(`${path}.fault`, `a route with ${action} has no fault: expected none`);
  if (route.rewrite !== undefined)
    report(`${path}.rewrite`, `a route with ${action} rewrites nothing: expected none`);
  if (route.websocketUpgrade) report(`${path}.websocketUpgrade`, `a route with ${action} upgrades nothing`);
  if (redirect !== undefined) checkRedirect(redirect, `${path}.redirect`, report);
  if (directResponse !== undefined && (directResponse.status < 200 || directResponse.status > 599)) {
    report(
      `${path}.directResponse.status`,
      `expected a status from 200 to 599, found ${directResponse.status}`,
    );
  }
}

function checkRedirect(redirect: HTTPRedirect, path: string, report: Report): void {
  const { redirectCode: code, uri, authority, scheme, prefixRewrite, redirectPort } = redirect;
  if (code !== 0 && (code < 300 || code > 399)) {
    report(`${path}.redirectCode`, `expected a code from 300 to 399, found ${code}`);
  }
  const says =
    [uri, authority, scheme, prefixRewrite].some((text) => text !== '') || redirectPort.case !== undefined;
  if (!says) report(path, 'expected uri or authority, found neither');
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

function checkRetries(retries: HTTPRetry | undefined, path: string, report: Report): void {
  if (retries === undefined) return;
  const { attempts, perTryTimeout, retryOn } = retries;
  if (attempts < 0) report(`${path}.attempts`, `expected a number from 0, found ${attempts}`);
  if (attempts === 0 && (perTryTimeout !== undefined || retryOn !== '')) {
    report(`${path}.attempts`, 'expected attempts above 0 with perTryTimeout or retryOn, found 0');
  }
  checkDuration(perTryTimeout, `${path}.perTryTimeout`, report);
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
  for (const [index, origin] of cors.allowOrigin.entries()) {
    if (origin !== '*' && !/^https?:\/\/[^/\s:]+(:[0-9]{1,5})?$/.test(origin)) {
      report(
        `${path}.allowOrigin[${index}]`,
        `expected "*" or http(s)://host[:port], found ${shown(origin)}`,
      );
    }
  }
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
  const { maxAge } = cors;
  if (maxAge !== undefined && (maxAge.nanos !== 0 || maxAge.seconds < 0n)) {
    report(`${path}.maxAge`, 'expected whole seconds');
  }
}

function checkMirror(route: HTTPRoute, path: string, report: Report): void {
  if (route.mirror !== undefined) checkDestination(route.mirror, `${path}.mirror`, report);
  if (route.mirrorPercent !== undefined) checkPercent(route.mirrorPercent, `${path}.mirrorPercent`, report);
  if (route.mirrorPercentage !== undefined) {
    checkPercent(route.mirrorPercentage.value, `${path}.mirrorPercentage.value`, report);
  }
  if (route.mirror !== undefined && route.mirrors.length > 0) {
    report(`${path}.mirrors`, 'expected one of mirror and mirrors, found both');
  }
  for (const [index, { destination, percentage }] of route.mirrors.entries()) {
    checkDestination(destination, `${path}.mirrors[${index}].destination`, report);
    if (percentage !== undefined)
      checkPercent(percentage.value, `${path}.mirrors[${index}].percentage.value`, report);
  }
}
