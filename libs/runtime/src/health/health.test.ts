import { describe, expect, it } from 'vitest';
import { type HealthResult, reportHealth } from './health.ts';

const check = (name: string, result: () => HealthResult | Promise<HealthResult>) => ({ name, check: result });

describe('health', () => {
  it.each([
    [[], 'ok'],
    [['ok', 'ok'], 'ok'],
    [['ok', 'degraded'], 'degraded'],
    [['failed', 'degraded', 'ok'], 'failed'],
  ] as const)('of %j is %s', async (states, state) => {
    expect((await reportHealth(states.map((s) => check(s, () => ({ state: s }))))).state).toBe(state);
  });

  it('has failed where a check throws, and says why', async () => {
    const report = await reportHealth([check('bus', () => Promise.reject(new Error('broke')))]);
    expect(report).toEqual({ state: 'failed', checks: [{ name: 'bus', state: 'failed', detail: 'broke' }] });
  });
});
