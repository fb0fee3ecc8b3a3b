import {
  type AccessRule,
  RbacConfig_Mode as Mode,
  type RbacConfig,
  type ServiceRole,
  type ServiceRoleBinding,
  type Subject,
} from '@quintet/proto/istio/rbac/v1alpha1/rbac_pb.js';
import type { ConfigObject } from '../config-object.ts';
import { childPath } from '../decode/located.ts';
import type { Finding } from '../finding.ts';
import { collect, type Report, shown } from './report.ts';
import { checkIpOrRange } from './values.ts';

/** Checks a ServiceRole. */
export function validateServiceRole({ spec }: ConfigObject<ServiceRole>): readonly Finding[] {
  return collect((report) => {
    if (spec.rules.length === 0) report('spec.rules', 'expected at least one rule, found none');
    for (const [index, rule] of spec.rules.entries()) checkRule(rule, `spec.rules[${index}]`, report);
  });
}

/** Checks a ServiceRoleBinding: subjects, and exactly one of roleRef, role and actions. */
export function validateServiceRoleBinding({ spec }: ConfigObject<ServiceRoleBinding>): readonly Finding[] {
  return collect((report) => {
    if (spec.subjects.length === 0) report('spec.subjects', 'expected at least one subject, found none');
    for (const [index, subject] of spec.subjects.entries())
      checkSubject(subject, `spec.subjects[${index}]`, report);
    const { roleRef, role, actions } = spec;
    const ways = [roleRef !== undefined, role !== '', actions.length > 0].filter(Boolean).length;
    if (ways !== 1)
      report('spec', `expected one of roleRef, role and actions, found ${ways === 0 ? 'none' : ways}`);
    if (roleRef !== undefined) {
      if (roleRef.kind !== 'ServiceRole')
        report('spec.roleRef.kind', `expected "ServiceRole", found ${shown(roleRef.kind)}`);
      if (roleRef.name === '') report('spec.roleRef.name', 'expected the name of a ServiceRole, found none');
    }
    for (const [index, rule] of actions.entries()) checkRule(rule, `spec.actions[${index}]`, report);
  });
}

/** The one name of the switch. */
const DEFAULT_NAME = 'default';

/** Checks an RbacConfig. */
export function validateRbacConfig({ kind, name, spec }: ConfigObject<RbacConfig>): readonly Finding[] {
  return collect((report) => {
    if (name !== DEFAULT_NAME)
      report('metadata.name', `the ${kind} is named "${DEFAULT_NAME}", found ${shown(name)}`);
    if (spec.mode === Mode.ON_WITH_INCLUSION && spec.inclusion === undefined)
      report('spec.inclusion', 'ON_WITH_INCLUSION needs inclusion, found none');
    if (spec.mode === Mode.ON_WITH_EXCLUSION && spec.exclusion === undefined)
      report('spec.exclusion', 'ON_WITH_EXCLUSION needs exclusion, found none');
  });
}

/** Checks a ClusterRbacConfig: it has the rules of an RbacConfig. */
export function validateClusterRbacConfig(object: ConfigObject<RbacConfig>): readonly Finding[] {
  return validateRbacConfig(object);
}

function checkPair(fields: Readonly<Record<string, readonly unknown[]>>, path: string, report: Report): void {
  const [first, second] = Object.entries(fields);
  if (first === undefined || second === undefined) return;
  if (first[1].length > 0 && second[1].length > 0)
    report(`${path}.${second[0]}`, `expected one of ${first[0]} and ${second[0]}, found both`);
}

function checkRule(rule: AccessRule, path: string, report: Report): void {
  const { services, methods, notMethods, ports, notPorts } = rule;
  if (services.length === 0)
    report(`${path}.services`, 'expected at least one service, found none: the rule fits nothing', 'warning');
  checkPair({ methods, notMethods }, path, report);
  checkPair({ ports, notPorts }, path, report);
  for (const [field, list] of Object.entries({ ports, notPorts })) {
    for (const [index, port] of list.entries()) {
      if (port < 0 || port > 65_535)
        report(`${path}.${field}[${index}]`, `expected a port from 0 to 65535, found ${port}`);
    }
  }
  for (const [index, { key, values }] of rule.constraints.entries()) {
    const at = `${path}.constraints[${index}]`;
    if (key === '') report(`${at}.key`, 'expected a key, found none');
    if (values.length === 0) report(`${at}.values`, 'expected at least one value, found none');
    if (key === 'destination.port' && ports.length + notPorts.length > 0)
      report(`${at}.key`, 'the rule has ports already: expected another key than "destination.port"');
  }
}

/** Properties that are fields as well. */
const PROPERTY_FIELDS: ReadonlyMap<string, readonly (keyof Subject)[]> = new Map([
  ['source.principal', ['names', 'notNames']],
  ['source.namespace', ['namespaces', 'notNamespaces']],
  ['source.ip', ['ips', 'notIps']],
  ['request.auth.claims[groups]', ['group', 'groups', 'notGroups']],
]);

function checkSubject(subject: Subject, path: string, report: Report): void {
  const { names, notNames, groups, notGroups, namespaces, notNamespaces, ips, notIps } = subject;
  const lists = { names, notNames, groups, notGroups, namespaces, notNamespaces, ips, notIps };
  const properties = Object.keys(subject.properties);
  const filled = Object.values(lists).some((list) => list.length > 0);
  if (subject.user === '' && subject.group === '' && properties.length === 0 && !filled) {
    report(path, 'expected at least one field, found none');
    return;
  }
  checkPair({ names, notNames }, path, report);
  checkPair({ groups, notGroups }, path, report);
  checkPair({ namespaces, notNamespaces }, path, report);
  checkPair({ ips, notIps }, path, report);
  for (const [field, list] of Object.entries({ names, notNames })) {
    for (const [index, name] of list.entries()) {
      if (name === '*')
        report(`${path}.${field}[${index}]`, 'expected a name, found "*": user "*" is everyone');
    }
  }
  for (const [field, list] of Object.entries({ ips, notIps })) {
    for (const [index, ip] of list.entries()) checkIpOrRange(ip, `${path}.${field}[${index}]`, report);
  }
  for (const property of properties) {
    const set = PROPERTY_FIELDS.get(property)?.find((field) => hasContent(subject[field]));
    if (set !== undefined)
      report(
        childPath(`${path}.properties`, property),
        `the subject has ${set} already: expected one of the two`,
      );
  }
}

function hasContent(value: unknown): boolean {
  return (typeof value === 'string' || Array.isArray(value)) && value.length > 0;
}
