// What a command-line program needs of this library: a small entry that loads no server.
export { createBackoff } from './clock/backoff.ts';
export { type Clock, sleep, systemClock, type Timer } from './clock/clock.ts';
export { type Program, runProgram, type TextOutput } from './command/program.ts';
export { parseDuration } from './config/duration.ts';
export { errorText, MeshError } from './errors/mesh-error.ts';
export { packageVersion } from './service/package-version.ts';
export { STARTER_DESCRIPTOR } from './service/watch-starter.ts';
