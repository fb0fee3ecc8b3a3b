import { describe, expect, it } from 'vitest';
import { isCi, missingBinaries } from './describe-kubernetes.ts';

describe('Kubernetes for the tests', () => {
  it.runIf(isCi())('is here', () => {
    expect(missingBinaries).toEqual([]);
  });
});
