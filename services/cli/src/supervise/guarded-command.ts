/**
 * Starts a program, and beside it a shell that waits for the end of its standard input and then kills the whole process
 * group. Standard input is a pipe that the starter holds: however the starter ends, nothing that it started is left.
 * The program itself takes the place of the first shell, so its process id, signals and exit code are its own.
 */
const GUARD =
  'exec 3<&0; { read -r _ <&3; kill -9 -$$; } </dev/null >/dev/null 2>&1 & exec "$@" 3<&- </dev/null';

/** The command that runs `command` under a guard. It has to be started as leader of its process group. */
export function guardedCommand(command: readonly string[]): string[] {
  return ['/bin/sh', '-c', GUARD, 'guard', ...command];
}
