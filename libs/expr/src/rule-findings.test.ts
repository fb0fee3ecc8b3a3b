import { create } from '@bufbuild/protobuf';
import { makeConfigObject, RULE } from '@quintet/model';
import { describe, expect, it } from 'vitest';
import { ruleFindings } from './rule-findings.ts';

const findings = (match: string) =>
  ruleFindings(
    makeConfigObject({ kind: RULE, namespace: 'a', name: 'b', spec: create(RULE.schema, { match }) }),
  );

describe('ruleFindings', () => {
  it.each(['', 'context.protocol == "http"', 'a.b | "x" == c["d"]'])(
    'finds nothing wrong with %j',
    (match) => {
      expect(findings(match)).toEqual([]);
    },
  );

  it.each(['a ==', '"unclosed', 'a b'])('says what is wrong with %j', (match) => {
    expect(findings(match)).toEqual([{ path: 'spec.match', message: expect.any(String) }]);
  });
});
