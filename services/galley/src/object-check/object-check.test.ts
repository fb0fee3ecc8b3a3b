import { checkDocuments } from '@quintet/model';
import { describe, expect, it } from 'vitest';
import { loadEnvoyRegistry } from './envoy-registry.ts';
import { createEnvoyFilterCheck, createObjectCheck } from './object-check.ts';

const envoyFilter = (value: string): string => `apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: { name: patch, namespace: shop }
spec:
  configPatches:
    - applyTo: CLUSTER
      patch: { operation: MERGE, value: { ${value} } }
`;
const RULE = `apiVersion: networking.istio.io/v1alpha3
kind: DestinationRule
metadata: { name: reviews, namespace: shop }
spec: { host: reviews }
`;

function checking() {
  let loads = 0;
  const envoyFilters = createEnvoyFilterCheck(() => {
    loads += 1;
    return loadEnvoyRegistry();
  });
  const alsoCheck = createObjectCheck(envoyFilters);
  return {
    errors: (text: string) =>
      checkDocuments(text, { file: 'a.yaml', alsoCheck }).issues.filter(
        ({ severity }) => severity === 'error',
      ),
    loads: () => loads,
  };
}

describe('createObjectCheck', () => {
  it('loads the messages of Envoy with the first EnvoyFilter, and once', () => {
    const { errors, loads } = checking();
    expect(errors(RULE)).toEqual([]);
    expect(loads()).toBe(0);
    expect(errors(envoyFilter('connectTimeout: 5s'))).toEqual([]);
    expect(errors(envoyFilter('connectTimeout: 6s'))).toEqual([]);
    expect(loads()).toBe(1);
  });

  it('tells a wrong value beside a field that is unknown', () => {
    const text = envoyFilter('connectTimeot: 5s').replace(
      'configPatches',
      'wrklodSelector: {}\n  configPatches',
    );
    expect(
      checking()
        .errors(text)
        .map(({ path }) => path),
    ).toEqual(['spec.wrklodSelector', 'spec.configPatches[0].patch.value.connectTimeot']);
  });

  it('names the path of what Envoy does not know', () => {
    const [issue] = checking().errors(envoyFilter('connectTimeot: 5s'));
    expect(issue).toMatchObject({
      severity: 'error',
      path: 'spec.configPatches[0].patch.value.connectTimeot',
      resource: { kind: 'EnvoyFilter', namespace: 'shop', name: 'patch' },
    });
  });
});
