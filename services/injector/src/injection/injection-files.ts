import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { formatIssue, type Issue } from '@quintet/model';
import {
  type Clock,
  type Component,
  errorText,
  type HealthResult,
  type Log,
  MeshError,
  watchDirectory,
} from '@quintet/runtime';
import {
  type InjectionConfiguration,
  type InjectionTexts,
  loadInjection,
  type SourceText,
} from './injection.ts';

export type InjectionFilesOptions = {
  /** Paths of the files that are there; each is optional. */
  readonly files: Readonly<Partial<Record<keyof InjectionTexts, string>>>;
  readonly clock: Clock;
  readonly log: Log;
  /** Told of every changed reading but the first. */
  readonly onLoad: (outcome: LoadOutcome) => void;
};

/** What a reading came to: in use from now on, or rejected with the last good one still in use. */
export type LoadOutcome = {
  readonly result: 'applied' | 'rejected';
  readonly version: string;
  readonly issues: readonly Issue[];
};

/** The configuration of the files, read again whenever one of them changes. */
export type InjectionFiles = Component & {
  /** The last good configuration. Throws before the start: that is a bug. */
  current(): InjectionConfiguration;
};

/** Reads and watches the files. The start fails when they are broken; later a broken change leaves what is in use. */
export function createInjectionFiles(options: InjectionFilesOptions): InjectionFiles {
  const { files, clock, log, onLoad } = options;
  let current: InjectionConfiguration | undefined;
  let seen: string | undefined;
  let problem: string | undefined;
  let unwatch: (() => void)[] = [];
  const load = async (): Promise<LoadOutcome | undefined> => {
    const loaded = await readAll(files);
    if (loaded.content === seen) return undefined;
    seen = loaded.content;
    current = loaded.configuration ?? current;
    const rejected = loaded.configuration === undefined;
    problem = rejected ? loaded.problems.join('; ') : undefined;
    logLoad(log, { ...loaded, rejected, version: current?.version });
    return {
      result: rejected ? 'rejected' : 'applied',
      version: current?.version ?? '',
      issues: loaded.issues,
    };
  };
  let queue: Promise<void> = Promise.resolve();
  const reload = () => {
    queue = queue.then(async () => {
      const outcome = await load();
      if (outcome !== undefined) onLoad(outcome);
    });
  };
  return {
    name: 'configuration',
    current() {
      if (current === undefined) throw new Error('the configuration is asked for before it was read');
      return current;
    },
    checks: [{ name: 'configuration', check: () => healthOf(current, problem) }],
    async start() {
      await load();
      if (current === undefined) throw new MeshError('failed_precondition', problem ?? 'no configuration');
      const folders = new Set(Object.values(files).map(dirname));
      unwatch = [...folders].map((directory) => watchDirectory({ directory, clock, onChange: reload }));
    },
    async stop() {
      for (const end of unwatch) end();
      await queue;
    },
  };
}

function healthOf(current: InjectionConfiguration | undefined, problem: string | undefined): HealthResult {
  if (current === undefined) return { state: 'failed', detail: problem ?? 'not read yet' };
  return problem === undefined
    ? { state: 'ok' }
    : { state: 'degraded', detail: `an older one is in use: ${problem}` };
}

type Reading = {
  /** Equal for equal files. */
  readonly content: string;
  readonly configuration?: InjectionConfiguration;
  readonly issues: readonly Issue[];
  /** The errors as lines for people. */
  readonly problems: readonly string[];
};

async function readAll(files: InjectionFilesOptions['files']): Promise<Reading> {
  const unreadable: string[] = [];
  const read = async (file: string | undefined): Promise<SourceText | undefined> => {
    if (file === undefined) return undefined;
    try {
      return { file, text: await readFile(file, 'utf8') };
    } catch (error) {
      unreadable.push(`cannot read ${file}: ${errorText(error)}`);
      return undefined;
    }
  };
  const [config, values, mesh] = await Promise.all([
    read(files.config),
    read(files.values),
    read(files.mesh),
  ]);
  const texts = { ...(config && { config }), ...(values && { values }), ...(mesh && { mesh }) };
  const content = JSON.stringify([texts, unreadable]);
  if (unreadable.length > 0) return { content, issues: [], problems: unreadable };
  const loaded = loadInjection(texts);
  const problems = loaded.issues.filter(({ severity }) => severity === 'error').map(formatIssue);
  return { content, ...loaded, problems };
}

function logLoad(
  log: Log,
  { issues, problems, rejected, version }: Reading & { rejected: boolean; version: string | undefined },
): void {
  for (const problem of problems) log.error({ problem }, 'configuration rejected; the last good one stays');
  for (const issue of issues.filter(({ severity }) => severity !== 'error'))
    log.warn({ problem: formatIssue(issue) }, 'configuration has an issue');
  if (!rejected) log.info({ version }, 'configuration applied');
}
