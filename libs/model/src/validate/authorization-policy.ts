import type {
  AuthorizationPolicy,
  Condition,
  Operation,
  Source,
} from '@quintet/proto/istio/security/v1beta1/authorization_policy_pb.js';
import type { ConfigObject } from '../config-object.ts';
import type { Finding } from '../finding.ts';
import { UNREALISED_CONDITION_KEYS } from '../realised/authorization-policy.ts';
import { checkSelector } from './names.ts';
import { collect, type Report, shown } from './report.ts';
import { checkIpOrRange } from './values.ts';

/** Checks an AuthorizationPolicy, of 1.4 and with the fields that came later. */
export function validateAuthorizationPolicy({ spec }: ConfigObject<AuthorizationPolicy>): readonly Finding[] {
  const findings = collect((report) => {
    checkSelector(spec.selector?.matchLabels ?? {}, 'spec.selector.matchLabels', report);
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
  return [...findings, ...unrealisedConditions(spec)];
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
] as const;

function checkSource(source: Source | undefined, path: string, report: Report): void {
  if (source === undefined || SOURCE_FIELDS.every((field) => source[field].length === 0)) {
    if (source === undefined || isEmptyMessage(source))
      report(path, 'expected at least one field, found none');
    return;
  }
  for (const field of SOURCE_FIELDS) {
    checkValues(source[field], `${path}.${field}`, report);
    if (!/ipBlocks$/i.test(field)) continue;
    for (const [index, block] of source[field].entries())
      checkIpOrRange(block, `${path}.${field}[${index}]`, report);
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

const CONDITION_KEYS: ReadonlySet<string> = new Set([
  'source.ip',
  'source.namespace',
  'source.user',
  'source.principal',
  'request.auth.principal',
  'request.auth.audiences',
  'request.auth.presenter',
  'destination.ip',
  'destination.port',
  'connection.sni',
]);

function checkCondition({ key, values, notValues }: Condition, path: string, report: Report): void {
  const indexed = /^request\.(headers|auth\.claims)\[[^\]]+\]$/.test(key);
  if (!indexed && !CONDITION_KEYS.has(key) && !/^experimental\.envoy\.filters\..+/.test(key)) {
    report(`${path}.key`, `expected a key such as request.headers[name], found ${shown(key)}`);
  }
  if (values.length === 0 && notValues.length === 0)
    report(`${path}.values`, 'expected at least one value, found none');
  for (const [field, list] of Object.entries({ values, notValues })) {
    checkValues(list, `${path}.${field}`, report);
    for (const [index, value] of list.entries()) {
      if (key === 'source.ip' || key === 'destination.ip')
        checkIpOrRange(value, `${path}.${field}[${index}]`, report);
      if (key === 'destination.port') checkPortText(value, `${path}.${field}[${index}]`, report);
    }
  }
}

function checkValues(values: readonly string[], path: string, report: Report): void {
  for (const [index, value] of values.entries()) {
    const at = `${path}[${index}]`;
    if (value === '') report(at, 'expected a value, found an empty one');
    else if (value.length > 1 && value.slice(1, -1).includes('*')) {
      report(at, `a star stands at the beginning or the end only, found ${shown(value)}`);
    } else if (value.length > 1 && value.startsWith('*') && value.endsWith('*')) {
      report(at, `expected one star, found two: ${shown(value)}`);
    }
  }
}

function checkPortText(port: string, path: string, report: Report): void {
  const number = /^[0-9]{1,5}$/.test(port) ? Number(port) : 0;
  if (number < 1 || number > 65_535) report(path, `expected a port from 1 to 65535, found ${shown(port)}`);
}

function isEmptyMessage(source: Source): boolean {
  return Object.values(source).every((value) => !Array.isArray(value) || value.length === 0);
}

/** Conditions that are valid and would restrict access, and are not realised. */
function unrealisedConditions(spec: AuthorizationPolicy): Finding[] {
  return spec.rules.flatMap((rule, index) =>
    rule.when.flatMap(({ key }, at): Finding[] => {
      if (!UNREALISED_CONDITION_KEYS.some((beginning) => key.startsWith(beginning))) return [];
      const message = `the condition ${shown(key)} is not realised`;
      return [{ code: 'QTT2002', path: `spec.rules[${index}].when[${at}].key`, message }];
    }),
  );
}
