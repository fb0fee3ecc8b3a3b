import { errorText } from '../errors/mesh-error.ts';

/**
 * `degraded` serves, but something that may be missing is missing (the bus, say); `failed` means that
 * the service must not be given work.
 */
export type HealthState = 'ok' | 'degraded' | 'failed';

export type HealthResult = { readonly state: HealthState; readonly detail?: string };

/** A named question about the present, asked each time somebody wants to know; nothing is stored. */
export type HealthCheck = {
  readonly name: string;
  check(): HealthResult | Promise<HealthResult>;
};

export type HealthReport = {
  readonly state: HealthState;
  readonly checks: readonly (HealthResult & { readonly name: string })[];
};

const RANK: Readonly<Record<HealthState, number>> = { ok: 0, degraded: 1, failed: 2 };

/** Asks all checks; the worst answer is the answer. A check that throws has failed. */
export async function reportHealth(checks: readonly HealthCheck[]): Promise<HealthReport> {
  const results = await Promise.all(checks.map(ask));
  const state = results.reduce<HealthState>(
    (worst, r) => (RANK[r.state] > RANK[worst] ? r.state : worst),
    'ok',
  );
  return { state, checks: results };
}

async function ask(check: HealthCheck): Promise<HealthResult & { name: string }> {
  try {
    return { name: check.name, ...(await check.check()) };
  } catch (error) {
    return { name: check.name, state: 'failed', detail: errorText(error) };
  }
}
