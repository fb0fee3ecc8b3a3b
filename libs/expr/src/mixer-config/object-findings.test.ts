import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { makeConfigObject, RULE } from '@quintet/model';
import type { RuleSchema } from '@quintet/proto/istio/policy/v1beta1/rule_pb.js';
import { describe, expect, it } from 'vitest';
import { mixerObjectFindings } from './object-findings.ts';

const findingsOf = (spec: MessageInitShape<typeof RuleSchema>) =>
  mixerObjectFindings(
    makeConfigObject({ kind: RULE, namespace: 'a', name: 'b', spec: create(RULE.schema, spec) }),
  );
const findings = (match: string) => findingsOf({ match });

describe('mixerObjectFindings', () => {
  it.each(['', 'context.protocol == "http"', 'a.b | "x" == c["d"]'])(
    'finds nothing wrong with %j',
    (match) => {
      expect(findings(match)).toEqual([]);
    },
  );

  it.each(['a ==', '"unclosed', 'a b'])('says what is wrong with %j', (match) => {
    expect(findings(match)).toEqual([{ path: 'spec.match', message: expect.any(String) }]);
  });

  it('checks types where all attributes are known', () => {
    expect(findings('source.name == 5')).toEqual([
      { path: 'spec.match', message: 'EQ($source.name, 5) arg 2 (5) typeError got INT64, expected STRING' },
    ]);
    expect(findings('request.size | 0')).toEqual([
      { path: 'spec.match', message: 'expected an expression of type BOOL, found INT64: request.size | 0' },
    ]);
    expect(findings('shop.tenant == 5')).toEqual([]);
  });

  it('checks the values of header operations', () => {
    const operation = { name: 'x', values: ['source.name', 'request.size', 'a('] };
    expect(findingsOf({ responseHeaderOperations: [operation] }).map(({ path }) => path)).toEqual([
      'spec.responseHeaderOperations[0].values[1]',
      'spec.responseHeaderOperations[0].values[2]',
    ]);
  });
});
