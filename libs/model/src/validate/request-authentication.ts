import type {
  JWTRule,
  RequestAuthentication,
} from '@quintet/proto/istio/security/v1beta1/request_authentication_pb.js';
import type { ConfigObject } from '../config-object.ts';
import type { Finding } from '../finding.ts';
import { checkHeaderName } from './http-headers.ts';
import { checkJwks, checkJwksUri, checkNotEmpty } from './jwt.ts';
import { checkUnique } from './names.ts';
import { collect, type Report } from './report.ts';
import { checkPolicyTargets } from './target-reference.ts';
import { checkDuration } from './values.ts';

/** Checks a RequestAuthentication. */
export function validateRequestAuthentication({
  namespace,
  spec,
}: ConfigObject<RequestAuthentication>): readonly Finding[] {
  return collect((report) => {
    checkPolicyTargets(spec, namespace, report);
    for (const [index, rule] of spec.jwtRules.entries())
      checkJwtRule(rule, `spec.jwtRules[${index}]`, report);
    const issuers = spec.jwtRules.map(({ issuer }, index) => {
      return { value: issuer, path: `spec.jwtRules[${index}].issuer` };
    });
    checkUnique(
      issuers.filter(({ value }) => value !== ''),
      'the issuer',
      report,
    );
  });
}

function checkJwtRule(rule: JWTRule, path: string, report: Report): void {
  if (rule.issuer === '') report(`${path}.issuer`, 'expected an issuer, found none');
  for (const field of ['audiences', 'fromParams', 'fromCookies', 'spaceDelimitedClaims'] as const)
    checkNotEmpty(rule[field], `${path}.${field}`, report);
  checkJwksUri(rule.jwksUri, `${path}.jwksUri`, report);
  checkJwks(rule.jwks, `${path}.jwks`, report);
  if (rule.jwks !== '' && rule.jwksUri !== '')
    report(`${path}.jwks`, 'expected one of jwks and jwksUri, found both');
  for (const [index, { name }] of rule.fromHeaders.entries())
    checkHeaderName(name, `${path}.fromHeaders[${index}].name`, report);
  if (rule.outputPayloadToHeader !== '')
    checkHeaderName(rule.outputPayloadToHeader, `${path}.outputPayloadToHeader`, report);
  for (const [index, { header, claim }] of rule.outputClaimToHeaders.entries()) {
    const at = `${path}.outputClaimToHeaders[${index}]`;
    checkHeaderName(header, `${at}.header`, report);
    if (claim === '') report(`${at}.claim`, 'expected the name of a claim, found none');
  }
  checkDuration(rule.timeout, `${path}.timeout`, report);
}
