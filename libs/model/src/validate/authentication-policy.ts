import type { Jwt, Policy, TargetSelector } from '@quintet/proto/istio/authentication/v1alpha1/policy_pb.js';
import type { ConfigObject } from '../config-object.ts';
import type { Finding } from '../finding.ts';
import { checkJwks, checkJwksUri, checkNotEmpty } from './jwt.ts';
import { checkDnsLabel, checkUnique, warnOfLabels } from './names.ts';
import { collect, type Report, shown, warnings } from './report.ts';
import { checkStringMatch } from './string-match.ts';
import { checkPort } from './values.ts';

/** The one name that policies of a namespace or of the mesh may have. */
const DEFAULT_NAME = 'default';

/** Checks an authentication Policy. */
export function validatePolicy({ name, spec }: ConfigObject<Policy>): readonly Finding[] {
  return collect((report) => {
    if (spec.targets.length === 0 && name !== DEFAULT_NAME) {
      report('metadata.name', `a policy without targets is named "${DEFAULT_NAME}", found ${shown(name)}`);
    }
    if (spec.targets.length > 0 && name === DEFAULT_NAME) {
      report('spec.targets', `a policy named "${DEFAULT_NAME}" has no targets, found ${spec.targets.length}`);
    }
    for (const [index, target] of spec.targets.entries())
      checkTarget(target, `spec.targets[${index}]`, report);
    checkMethods(spec, report);
  });
}

/** Checks a MeshPolicy. */
export function validateMeshPolicy({ name, spec }: ConfigObject<Policy>): readonly Finding[] {
  return collect((report) => {
    if (name !== DEFAULT_NAME)
      report('metadata.name', `a MeshPolicy is named "${DEFAULT_NAME}", found ${shown(name)}`);
    if (spec.targets.length > 0)
      report('spec.targets', `a MeshPolicy has no targets, found ${spec.targets.length}`);
    checkMethods(spec, report);
  });
}

function checkTarget(target: TargetSelector, path: string, report: Report): void {
  checkDnsLabel(target.name, `${path}.name`, report);
  for (const [index, { port }] of target.ports.entries()) {
    const portPath = `${path}.ports[${index}]`;
    if (port.case === 'number') checkPort(port.value, `${portPath}.number`, report);
    else if (port.case === 'name') checkDnsLabel(port.value, `${portPath}.name`, report);
    else report(portPath, 'expected number or name, found neither');
  }
  warnOfLabels(target.labels, `${path}.labels`, report);
}

function checkMethods(spec: Policy, report: Report): void {
  const issuers: { value: string; path: string }[] = [];
  for (const [index, { params }] of spec.peers.entries()) {
    const path = `spec.peers[${index}]`;
    if (params.case === undefined) report(path, 'expected mtls or jwt, found neither');
    if (params.case === 'jwt') {
      issuers.push({ value: params.value.issuer, path: `${path}.jwt.issuer` });
      checkJwt(params.value, `${path}.jwt`, report);
    }
  }
  for (const [index, { jwt }] of spec.origins.entries()) {
    const path = `spec.origins[${index}].jwt`;
    if (jwt === undefined) {
      report(path, 'expected a jwt, found none');
      continue;
    }
    issuers.push({ value: jwt.issuer, path: `${path}.issuer` });
    checkJwt(jwt, path, report);
  }
  checkUnique(issuers, 'the issuer', report);
}

function checkJwt(jwt: Jwt, path: string, report: Report): void {
  if (jwt.issuer === '') report(`${path}.issuer`, 'expected an issuer, found none');
  for (const field of ['audiences', 'jwtHeaders', 'jwtParams'] as const)
    checkNotEmpty(jwt[field], `${path}.${field}`, report);
  checkJwksUri(jwt.jwksUri, `${path}.jwksUri`, report);
  checkJwks(jwt.jwks, `${path}.jwks`, warnings(report));
  if (jwt.jwks !== '' && jwt.jwksUri !== '')
    report(`${path}.jwks`, 'expected one of jwks and jwksUri, found both; jwks counts', 'warning');
  for (const [index, rule] of jwt.triggerRules.entries()) {
    for (const field of ['excludedPaths', 'includedPaths'] as const) {
      for (const [at, match] of rule[field].entries()) {
        const matchPath = `${path}.triggerRules[${index}].${field}[${at}]`;
        if (match.matchType.case === undefined || match.matchType.value === '') {
          report(matchPath, 'expected exact, prefix, suffix or regex with a value');
        } else checkStringMatch(match, matchPath, report);
      }
    }
  }
}
