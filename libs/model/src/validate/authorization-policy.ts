import {
  AuthorizationPolicy_Action as Action,
  type AuthorizationPolicy,
  type Operation,
  type Source,
} from '@quintet/proto/istio/security/v1beta1/authorization_policy_pb.js';
import type { ConfigObject } from '../config-object.ts';
import type { Finding } from '../finding.ts';
import { isPathTemplate } from '../realised/authorization-values.ts';
import { checkCondition, checkPortText } from './authorization-condition.ts';
import { collect, type Report, shown } from './report.ts';
import { checkPolicyTargets } from './target-reference.ts';
import { checkIpOrRange } from './values.ts';

/** Checks an AuthorizationPolicy, of 1.4 and with the fields that came later. */
export function validateAuthorizationPolicy({
  namespace,
  spec,
}: ConfigObject<AuthorizationPolicy>): readonly Finding[] {
  return collect((report) => {
    checkPolicyTargets(spec, namespace, report);
    checkAction(spec, report);
    for (const [index, rule] of spec.rules.entries()) {
      const path = `spec.rules[${index}]`;
      for (const [at, { source }] of rule.from.entries())
        checkSource(source, `${path}.from[${at}].source`, report);
      for (const [at, { operation }] of rule.to.entries()) {
        checkOperation(operation, `${path}.to[${at}].operation`, report);
      }
      for (const [at, condition] of rule.when.entries())
        checkCondition(condition, `${path}.when[${at}]`, report);
    }
  });
}

/** Without rules an ALLOW policy allows nothing; with the other actions it would never do anything. */
function checkAction({ action, rules, actionDetail }: AuthorizationPolicy, report: Report): void {
  if (action !== Action.ALLOW && rules.length === 0) {
    const severity = action === Action.AUDIT ? 'warning' : 'error';
    const message = `${Action[action] ?? action} without rules fits no request: expected at least one rule, "{}" for all`;
    report('spec.rules', message, severity);
  }
  const provider = actionDetail.case === 'provider' ? actionDetail.value : undefined;
  if (action === Action.CUSTOM && (provider === undefined || provider.name === ''))
    report('spec.provider.name', 'CUSTOM needs the name of a provider, found none');
  if (action !== Action.CUSTOM && provider !== undefined)
    report('spec.provider', `${Action[action] ?? action} has no provider: expected none`);
}

const SOURCE_FIELDS = [
  'principals',
  'requestPrincipals',
  'namespaces',
  'ipBlocks',
  'notPrincipals',
  'notRequestPrincipals',
  'notNamespaces',
  'notIpBlocks',
  'remoteIpBlocks',
  'notRemoteIpBlocks',
  'serviceAccounts',
  'notServiceAccounts',
  'trustDomains',
  'notTrustDomains',
] as const;

const IP_FIELDS = ['ipBlocks', 'notIpBlocks', 'remoteIpBlocks', 'notRemoteIpBlocks'] as const;

function checkSource(source: Source | undefined, path: string, report: Report): void {
  if (source === undefined || SOURCE_FIELDS.every((field) => source[field].length === 0)) {
    report(path, 'expected at least one field, found none');
    return;
  }
  for (const field of SOURCE_FIELDS) checkValues(source[field], `${path}.${field}`, report);
  for (const field of IP_FIELDS) {
    for (const [index, block] of source[field].entries())
      checkIpOrRange(block, `${path}.${field}[${index}]`, report);
  }
  const accounts = source.serviceAccounts.length + source.notServiceAccounts.length;
  for (const field of ['principals', 'namespaces', 'notPrincipals', 'notNamespaces'] as const) {
    if (accounts > 0 && source[field].length > 0)
      report(`${path}.${field}`, 'service accounts stand alone: expected none');
  }
}

const OPERATION_FIELDS = [
  'hosts',
  'ports',
  'methods',
  'paths',
  'notHosts',
  'notPorts',
  'notMethods',
  'notPaths',
] as const;

function checkOperation(operation: Operation | undefined, path: string, report: Report): void {
  if (operation === undefined || OPERATION_FIELDS.every((field) => operation[field].length === 0)) {
    report(path, 'expected at least one field, found none');
    return;
  }
  for (const field of OPERATION_FIELDS) checkValues(operation[field], `${path}.${field}`, report);
  for (const field of ['ports', 'notPorts'] as const) {
    for (const [index, port] of operation[field].entries())
      checkPortText(port, `${path}.${field}[${index}]`, report);
  }
}

/** Values are not empty. A star in the middle stands for itself, which is seldom what is meant. */
function checkValues(values: readonly string[], path: string, report: Report): void {
  for (const [index, value] of values.entries()) {
    const at = `${path}[${index}]`;
    if (value === '') report(at, 'expected a value, found an empty one');
    else if (isPathTemplate(value)) continue;
    else if (value.length > 1 && value.slice(1, -1).includes('*')) {
      const message = `a star in the middle stands for itself: expected it at the beginning or the end, found ${shown(value)}`;
      report(at, message, 'warning');
    } else if (value.length > 1 && value.startsWith('*') && value.endsWith('*')) {
      report(at, `only one of two stars is a wildcard: expected one, found ${shown(value)}`, 'warning');
    }
  }
}
