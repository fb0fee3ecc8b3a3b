import type { ConfigObject } from '@quintet/model';
import type { Clock, Component, Log } from '@quintet/runtime';
import { createLastGoodFile, type LastGood } from './last-good-file.ts';

/** What was handed out before a restart, and what keeps it over the next one. */
export type OpenLastGood = {
  readonly objects: readonly ConfigObject[];
  /** Absent without a directory. */
  readonly file: LastGood | undefined;
  readonly components: readonly Component[];
};

/** Reads what was kept in `directory`; without a directory nothing is kept. */
export async function openLastGood(options: {
  readonly directory: string | undefined;
  readonly clock: Clock;
  readonly log: Log;
}): Promise<OpenLastGood> {
  const { directory, clock, log } = options;
  if (directory === undefined) return { objects: [], file: undefined, components: [] };
  const file = createLastGoodFile({ directory, clock, log });
  return { objects: await file.read(), file, components: [{ name: 'last-good', stop: file.flush }] };
}
