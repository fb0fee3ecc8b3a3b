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
    words: ['probe'],
    summary: 'look whether a service has renewed its probe file',
    load: async () => (await import('./probe.ts')).probe,
  },
  {
    words: ['tools'],
    summary: 'fetch Envoy and nats-server and print their paths',
    load: async () => (await import('./tools.ts')).tools,
  },
  {
    words: ['compose-files'],
    summary: 'write what the containers of docker-compose.yml read',
    load: async () => (await import('./compose-files.ts')).composeFiles,
  },
  {
    words: ['validate'],
    summary: 'check configuration files',
    load: async () => (await import('./validate.ts')).validate,
  },
  {
    words: ['analyze'],
    summary: 'look for what does not fit in configuration files, a cluster or both',
    load: async () => (await import('./analyze.ts')).analyzeCommand,
  },
  {
    words: ['proxy-status'],
    summary: 'show which proxies have acknowledged what',
    load: async () => (await import('./proxy-status.ts')).proxyStatus,
  },
  {
    words: ['proxy-config'],
    summary: 'show what an Envoy has in force',
    load: async () => (await import('./proxy-config.ts')).proxyConfig,
  },
  {
    words: ['events'],
    summary: 'show what happened in a mesh',
    load: async () => (await import('./events.ts')).events,
  },
  {
    words: ['mixer', 'eval'],
    summary: "evaluate an expression of mixer's language",
    load: async () => (await import('./mixer-eval.ts')).mixerEval,
  },
  {
    words: ['version'],
    summary: 'show versions',
    load: async () => (await import('./version.ts')).version,
  },
];
