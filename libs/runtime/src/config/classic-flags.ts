/**
 * A flag of the classic component that is no option here. It is accepted, with a warning, where nobody outside can
 * tell that it has no effect; with `only` just the values that ask for what is so anyway. All others are refused.
 */
export type ClassicFlag = {
  /** A switch takes no value after a blank. */
  readonly type: 'switch' | 'value';
  readonly accepted: boolean;
  /** The values that are accepted; all when absent. */
  readonly only?: readonly string[];
  /** What is so instead, or what to do: the end of a sentence. */
  readonly instead: string;
};

/** By name, without dashes. */
export type ClassicFlags = Readonly<Record<string, ClassicFlag>>;

/** A switch without an effect. */
export function idleSwitch(instead: string): ClassicFlag {
  return { type: 'switch', accepted: true, instead };
}

/** A flag with a value and without an effect. */
export function idleFlag(instead: string): ClassicFlag {
  return { type: 'value', accepted: true, instead };
}

/** A switch that may only be given the position it has anyway. */
export function fixedSwitch(position: boolean, instead: string): ClassicFlag {
  const only = position
    ? ['true', '1', 't', 'T', 'TRUE', 'True']
    : ['false', '0', 'f', 'F', 'FALSE', 'False'];
  return { type: 'switch', accepted: true, only, instead };
}

/** A flag that is refused, because someone relies on what it does. */
export function refusedFlag(instead: string): ClassicFlag {
  return { type: 'value', accepted: false, instead };
}

/** What the classic flag that was given means: a warning, or a problem. */
export function judgeClassicFlag(
  shown: string,
  value: string,
  { accepted, only, instead }: ClassicFlag,
): { readonly warning: string } | { readonly problem: string } {
  if (accepted && (only?.includes(value) ?? true)) {
    return { warning: `${shown}: a classic flag without an effect here: ${instead}` };
  }
  const found = accepted ? `found ${JSON.stringify(value)}, which is not possible here` : 'not possible here';
  return { problem: `${shown}: ${found}: ${instead}` };
}

/** What every classic server has besides its own flags. */
export const CLASSIC_SERVER_FLAGS: ClassicFlags = {
  log_as_json: idleSwitch('log lines are JSON always'),
  log_caller: idleFlag('log lines name their component'),
  log_stacktrace_level: idleFlag('errors are logged with their stack'),
  log_target: {
    ...idleFlag('log lines go to standard error'),
    only: ['stderr', 'stdout'],
  },
  log_rotate: refusedFlag('log lines go to standard error; whoever keeps them rotates them'),
  log_rotate_max_age: idleFlag('log lines go to standard error'),
  log_rotate_max_backups: idleFlag('log lines go to standard error'),
  log_rotate_max_size: idleFlag('log lines go to standard error'),
  ctrlz_address: idleFlag('there is no ControlZ; see /debug on the admin port'),
  ctrlz_port: idleFlag('there is no ControlZ; see /debug on the admin port'),
};
