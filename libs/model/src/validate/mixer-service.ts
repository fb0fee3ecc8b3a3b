import type { IstioService } from '@quintet/proto/istio/mixer/v1/config/client/service_pb.js';
import { isDnsLabel, isFqdn } from './names.ts';
import { type Report, shown } from './report.ts';

/** Checks the services of a binding: at least one. */
export function checkMixerServices(services: readonly IstioService[], report: Report): void {
  if (services.length === 0) report('spec.services', 'expected at least one service, found none');
  for (const [index, service] of services.entries()) checkService(service, `spec.services[${index}]`, report);
}

/** Checks what is bound to the services: at least one object of the kind, each by its name. */
export function checkSpecReferences(
  references: readonly { readonly name: string; readonly namespace: string }[],
  { path, kind }: { readonly path: string; readonly kind: string },
  report: Report,
): void {
  if (references.length === 0) report(path, `expected at least one ${kind}, found none`);
  for (const [index, { name, namespace }] of references.entries()) {
    const at = `${path}[${index}]`;
    if (name === '') report(`${at}.name`, `expected the name of a ${kind}, found none`);
    if (namespace !== '' && !isDnsLabel(namespace))
      report(`${at}.namespace`, `expected a namespace, found ${shown(namespace)}`);
  }
}

/** A service by its parts (`name`, `namespace`, `domain`) or by its whole name (`service`, or `*` for all). */
function checkService(named: IstioService, path: string, report: Report): void {
  const { name, namespace, domain, service } = named;
  if (name === '' && service === '') report(path, 'expected name or service, found neither');
  if (service !== '') {
    for (const [field, value] of Object.entries({ name, namespace, domain })) {
      if (value !== '')
        report(`${path}.${field}`, 'expected either service, or name with namespace and domain; found both');
    }
    if (service !== '*' && !isFqdn(service))
      report(`${path}.service`, `expected a DNS name or "*", found ${shown(service)}`);
  }
  if (name !== '' && !isDnsLabel(name))
    report(`${path}.name`, `expected the short name of a service, found ${shown(name)}`);
  if (namespace !== '' && !isDnsLabel(namespace)) {
    report(`${path}.namespace`, `expected a namespace, found ${shown(namespace)}`);
  }
  if (domain !== '' && !isFqdn(domain))
    report(`${path}.domain`, `expected a DNS name, found ${shown(domain)}`);
}
