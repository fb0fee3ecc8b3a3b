import type { QuotaSpec, QuotaSpecBinding } from '@quintet/proto/istio/mixer/v1/config/client/quota_pb.js';
import type { ConfigObject } from '../config-object.ts';
import { childPath } from '../decode/located.ts';
import type { Finding } from '../finding.ts';
import { checkMixerServices, checkSpecReferences } from './mixer-service.ts';
import { collect } from './report.ts';
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
    checkMixerServices(spec.services, report);
    checkSpecReferences(spec.quotaSpecs, { path: 'spec.quotaSpecs', kind: 'QuotaSpec' }, report);
  });
}
