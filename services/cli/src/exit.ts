/** Exit codes of all commands (those of the classic command line). */
export const EXIT = {
  ok: 0,
  /** What was asked for was found invalid, or failed. */
  failed: 1,
  /** Unknown command or flag, missing argument. */
  usage: 64,
  /** A file cannot be opened or read. */
  unreadable: 65,
  /** Analysis found issues at or above the threshold. */
  findings: 79,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Ends a command with a message of one line and an exit code. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';
  readonly exitCode: ExitCode;
  readonly hint: string | undefined;

  constructor(exitCode: ExitCode, message: string, hint?: string) {
    super(message);
    this.exitCode = exitCode;
    this.hint = hint;
  }
}
