import type { HTTPRedirect, HTTPRoute } from '@quintet/proto/istio/networking/v1alpha3/virtual_service_pb.js';
import { isDnsLabel } from './names.ts';
import { type Report, shown } from './report.ts';
import { checkPort } from './values.ts';

/** Checks what a route does: it leads somewhere, redirects, answers itself, or goes on in another object. */
export function checkHttpAction(route: HTTPRoute, path: string, report: Report): void {
  const { redirect, directResponse, delegate } = route;
  if (delegate !== undefined) {
    checkDelegate(route, path, report);
    return;
  }
  if (redirect === undefined && directResponse === undefined) {
    if (route.route.length === 0) report(path, 'expected route, redirect or directResponse, found none');
    return;
  }
  if (redirect !== undefined && directResponse !== undefined) {
    const message = 'a route either redirects or answers: expected one of redirect and directResponse';
    report(`${path}.directResponse`, message);
  }
  checkAlone(route, redirect === undefined ? 'directResponse' : 'redirect', path, report);
  if (redirect !== undefined) checkRedirect(redirect, `${path}.redirect`, report);
  if (directResponse === undefined) return;
  const { status } = directResponse;
  if (status < 200 || status > 599)
    report(`${path}.directResponse.status`, `expected a status from 200 to 599, found ${status}`);
}

/** Redirects and answers go together with nothing that needs a destination. */
function checkAlone(route: HTTPRoute, action: string, path: string, report: Report): void {
  if (route.route.length > 0)
    report(`${path}.route`, `a route with ${action} has no destination: expected none`);
  if (route.fault !== undefined)
    report(`${path}.fault`, `a route with ${action} has no fault: expected none`);
  if (route.rewrite !== undefined)
    report(`${path}.rewrite`, `a route with ${action} rewrites nothing: expected none`);
  if (route.websocketUpgrade) report(`${path}.websocketUpgrade`, `a route with ${action} upgrades nothing`);
}

/** A route that goes on in another VirtualService has no action of its own. */
function checkDelegate(route: HTTPRoute, path: string, report: Report): void {
  const { delegate, redirect, directResponse } = route;
  if (delegate === undefined) return;
  const actions = { route: route.route.length > 0, redirect, directResponse };
  for (const [field, value] of Object.entries(actions)) {
    if (value) report(`${path}.${field}`, `a route with delegate has no ${field}: expected none`);
  }
  if (delegate.name === '')
    report(`${path}.delegate.name`, 'expected the name of a VirtualService, found none');
  if (delegate.namespace !== '' && !isDnsLabel(delegate.namespace))
    report(`${path}.delegate.namespace`, `expected a namespace, found ${shown(delegate.namespace)}`);
}

function checkRedirect(redirect: HTTPRedirect, path: string, report: Report): void {
  const { redirectCode: code, uri, authority, scheme, prefixRewrite, redirectPort } = redirect;
  if (code !== 0 && (code < 300 || code > 399)) {
    report(`${path}.redirectCode`, `expected a code from 300 to 399, found ${code}`);
  }
  const says =
    [uri, authority, scheme, prefixRewrite].some((text) => text !== '') || redirectPort.case !== undefined;
  if (!says) report(path, 'expected uri or authority, found neither');
  if (scheme !== '' && scheme !== 'http' && scheme !== 'https')
    report(`${path}.scheme`, `expected http or https, found ${shown(scheme)}`);
  if (uri !== '' && prefixRewrite !== '')
    report(`${path}.prefixRewrite`, 'expected one of uri and prefixRewrite, found both');
  if (redirectPort.case === 'port') checkPort(redirectPort.value, `${path}.port`, report);
}
