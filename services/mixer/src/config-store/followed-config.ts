import type { Component, HealthResult } from '@quintet/runtime';

/** A source of configuration that is followed. */
export type FollowedConfig = {
  readonly components: readonly Component[];
  /** Whether the source is there; without it the last configuration stays. */
  connection(): HealthResult;
  /** Whether everything that came is at work. */
  isSettled(): boolean;
};
