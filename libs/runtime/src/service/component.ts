import type { HealthCheck } from '../health/health.ts';

/**
 * A part of a process with a life of its own. All components of a process have one lifetime: they are
 * started in order, stopped in reverse, and the first that fails stops all.
 */
export type Component = {
  readonly name: string;
  /** Resolves when the component works (its port is bound, say). Rejects when it cannot. */
  start?(): Promise<void> | void;
  /** Resolves when everything is put away. `signal` is aborted when the time for it is over. */
  stop?(signal: AbortSignal): Promise<void> | void;
  /** Rejects when the component breaks while it runs; never resolves. */
  readonly failed?: Promise<never>;
  /** What readiness asks of it. */
  readonly checks?: readonly HealthCheck[];
};
