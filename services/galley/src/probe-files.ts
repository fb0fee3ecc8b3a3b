import {
  type Clock,
  type Component,
  createProbeFile,
  type HealthCheck,
  type HealthState,
  type Log,
  type Options,
  reportHealth,
  type ValuesOf,
} from '@quintet/runtime';

/** Flags of the files for probes; the classic names. */
export const PROBE_OPTIONS = {
  livenessProbePath: {
    type: 'string',
    flag: 'livenessProbePath',
    description: 'file that is renewed while galley lives, for probes by `quintet probe`; none unless given',
  },
  livenessProbeInterval: {
    type: 'duration',
    flag: 'livenessProbeInterval',
    default: '1s',
    description: 'that file is never older than this',
  },
  readinessProbePath: {
    type: 'string',
    flag: 'readinessProbePath',
    description:
      'file that is renewed while galley is ready, as on /readyz, and removed when not; none unless given',
  },
  readinessProbeInterval: {
    type: 'duration',
    flag: 'readinessProbeInterval',
    default: '1s',
    description: 'that file is never older than this',
  },
} as const satisfies Options;

export type ProbeFilesOptions = {
  readonly config: ValuesOf<typeof PROBE_OPTIONS>;
  /** What readiness asks. */
  readonly checks: readonly HealthCheck[];
  readonly clock: Clock;
  readonly log: Log;
};

/** The files for probes that the flags ask for; to be started last, when everything else works. */
export function createProbeFiles({ config, checks, clock, log }: ProbeFilesOptions): readonly Component[] {
  const { livenessProbePath: live, readinessProbePath: ready } = config;
  const alive = {
    ...{ name: 'liveness', intervalMs: config.livenessProbeInterval },
    // A process that hangs renews nothing.
    state: (): HealthState => 'ok',
  };
  const serving = {
    ...{ name: 'readiness', intervalMs: config.readinessProbeInterval },
    state: async () => (await reportHealth(checks)).state,
  };
  return [
    ...(live === undefined ? [] : [createProbeFile({ ...alive, path: live, clock, log })]),
    ...(ready === undefined ? [] : [createProbeFile({ ...serving, path: ready, clock, log })]),
  ];
}
