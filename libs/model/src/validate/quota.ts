import type { QuotaSpec, QuotaSpecBinding } from '@quintet/proto/istio/mixer/v1/config/client/quota_pb.js';
import type { IstioService } from '@quintet/proto/istio/mixer/v1/config/client/service_pb.js';
import type { ConfigObject } from '../config-object.ts';
import { childPath } from '../decode/located.ts';
import type { Finding } from '../finding.ts';
import { isDnsLabel, isFqdn } from './names.ts';
import { collect, type Report, shown } from './report.ts';
import { checkStringMatch } from './string-match.ts';

/** Checks a QuotaSpec. */
export function validateQuotaSpec({ spec }: ConfigObject<QuotaSpec>): readonly Finding[] {
  return collect((report) => {
    if (spec.rules.length === 0) report('spec.rules', 'expected at least one rule, found none');
    for (const [index, rule] of spec.rules.entries()) {
      const path = `spec.rules[${index}]`;
      for (const [at, { clause }] of rule.match.entries()) {
        const clausePath = `${path}.match[${at}].clause`;
        if (Object.keys(clause).length === 0)
          report(clausePath, 'expected at least one attribute, found none');
        for (const [name, match] of Object.entries(clause)) {
          const matchPath = childPath(clausePath, name);
          if (!match.matchType.case || match.matchType.value === '')
            report(matchPath, 'expected exact, prefix or regex');
          else checkStringMatch(match, matchPath, report);
        }
      }
      if (rule.quotas.length === 0) report(`${path}.quotas`, 'expected at least one quota, found none');
      for (const [at, { quota, charge }] of rule.quotas.entries()) {
        if (quota === '') report(`${path}.quotas[${at}].quota`, 'expected the name of a quota, found none');
        if (charge <= 0) report(`${path}.quotas[${at}].charge`, `expected a charge above 0, found ${charge}`);
      }
    }
  });
}

/** Checks a QuotaSpecBinding. */
export function validateQuotaSpecBinding({ spec }: ConfigObject<QuotaSpecBinding>): readonly Finding[] {
  return collect((report) => {
    if (spec.services.length === 0) report('spec.services', 'expected at least one service, found none');
    for (const [index, service] of spec.services.entries())
      checkService(service, `spec.services[${index}]`, report);
    if (spec.quotaSpecs.length === 0)
      report('spec.quotaSpecs', 'expected at least one QuotaSpec, found none');
    for (const [index, { name, namespace }] of spec.quotaSpecs.entries()) {
      const path = `spec.quotaSpecs[${index}]`;
      if (name === '') report(`${path}.name`, 'expected the name of a QuotaSpec, found none');
      if (namespace !== '' && !isDnsLabel(namespace)) {
        report(`${path}.namespace`, `expected a namespace, found ${shown(namespace)}`);
      }
    }
  });
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
