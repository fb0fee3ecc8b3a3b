/**
 * Who connects to the bus: the services, the command line (`cli`), and adapters of mixer in other processes
 * (`adapter`). Nobody connects anonymously.
 */
export const PRINCIPALS = [
  'galley',
  'pilot',
  'citadel',
  'injector',
  'mixer',
  'nodeagent',
  'adapter',
  'cli',
] as const;
export type Principal = (typeof PRINCIPALS)[number];

/** The principals that are services of the mesh. */
export const SERVICES = [
  'galley',
  'pilot',
  'citadel',
  'injector',
  'mixer',
  'nodeagent',
] as const satisfies Principal[];
