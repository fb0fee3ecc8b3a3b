import type { Attributes } from '@quintet/proto/istio/mixer/v1/attributes_pb.js';
import type {
  HTTPAPISpec,
  HTTPAPISpecBinding,
  HTTPAPISpecPattern,
} from '@quintet/proto/istio/mixer/v1/config/client/api_spec_pb.js';
import type { ConfigObject } from '../config-object.ts';
import { childPath } from '../decode/located.ts';
import type { Finding } from '../finding.ts';
import { checkMixerServices, checkSpecReferences } from './mixer-service.ts';
import { collect, type Report } from './report.ts';
import { checkRegex } from './string-match.ts';

/** Checks an HTTPAPISpec. */
export function validateHttpApiSpec({ spec }: ConfigObject<HTTPAPISpec>): readonly Finding[] {
  return collect((report) => {
    checkAttributes(spec.attributes, 'spec.attributes', report);
    if (spec.patterns.length === 0) report('spec.patterns', 'expected at least one pattern, found none');
    for (const [index, pattern] of spec.patterns.entries())
      checkPattern(pattern, `spec.patterns[${index}]`, report);
    for (const [index, { key }] of spec.apiKeys.entries()) {
      const path = `spec.apiKeys[${index}]`;
      if (key.case === undefined) report(path, 'expected query, header or cookie, found none');
      else if (key.value === '') report(`${path}.${key.case}`, 'expected a name, found none');
    }
  });
}

/** Checks an HTTPAPISpecBinding. */
export function validateHttpApiSpecBinding({ spec }: ConfigObject<HTTPAPISpecBinding>): readonly Finding[] {
  return collect((report) => {
    checkMixerServices(spec.services, report);
    checkSpecReferences(spec.apiSpecs, { path: 'spec.apiSpecs', kind: 'HTTPAPISpec' }, report);
  });
}

function checkPattern(
  { attributes, httpMethod, pattern }: HTTPAPISpecPattern,
  path: string,
  report: Report,
): void {
  checkAttributes(attributes, `${path}.attributes`, report);
  if (httpMethod === '') report(`${path}.httpMethod`, 'expected a method, found none');
  if (pattern.case === undefined) report(path, 'expected uriTemplate or regex, found neither');
  else if (pattern.value === '') report(`${path}.${pattern.case}`, 'expected a value, found an empty one');
  else if (pattern.case === 'regex') checkRegex(pattern.value, `${path}.regex`, report);
}

/** Attributes, where there are any: at least one, each with a value that is not empty. */
function checkAttributes(attributes: Attributes | undefined, path: string, report: Report): void {
  if (attributes === undefined) return;
  const entries = Object.entries(attributes.attributes);
  if (entries.length === 0) report(path, 'expected at least one attribute, found none');
  for (const [name, { value }] of entries) {
    const at = childPath(`${path}.attributes`, name);
    if (value.case === undefined) report(at, 'expected a value, found none');
    const text = value.case === 'stringValue' || value.case === 'bytesValue' ? value.value : undefined;
    const map = value.case === 'stringMapValue' ? Object.keys(value.value.entries) : undefined;
    if (text?.length === 0 || map?.length === 0)
      report(`${at}.${value.case}`, 'expected a value, found an empty one');
  }
}
