import type { Command } from '../command.ts';

export type CommandEntry = {
  /** The words that call it. */
  readonly words: readonly string[];
  /** One line for the list of commands. */
  readonly summary: string;
  /** Loads the code of the command: only the one that runs is read. */
  load(): Promise<Command>;
};

/** Every command, in the order of the help. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    words: ['up'],
    summary: 'start a mesh on this machine, with its sample',
    load: async () => (await import('./up.ts')).up,
  },
  {
    words: ['down'],
    summary: 'end a mesh that runs on this machine',
    load: async () => (await import('./down.ts')).down,
  },
  {
    words: ['serve'],
    summary: 'run one service alone',
    load: async () => (await import('./serve.ts')).serve,
  },
  {
    words: ['tools'],
    summary: 'fetch Envoy and nats-server and print their paths',
    load: async () => (await import('./tools.ts')).tools,
  },
];
