import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import process from 'node:process';

/** One directory `testdata/<says-what>` with its input. */
export type GoldenCase = {
  /** The directory's name: says what the case shows. */
  readonly name: string;
  readonly directory: string;
  /** Reads an input file of the case. */
  read(file: string): Promise<string>;
};

export type GoldenOptions = {
  /** The `testdata` directory. */
  readonly testdata: string;
  /** Files that are written by hand; all others of a case are expectations. `in.yaml` unless given. */
  readonly inputs?: readonly string[];
};

/** The cases of a `testdata` directory, sorted. Throws on a file or directory without the first input: an orphan. */
export async function goldenCases(options: GoldenOptions): Promise<readonly GoldenCase[]> {
  const { testdata, inputs = ['in.yaml'] } = options;
  const cases: GoldenCase[] = [];
  for (const entry of await readdir(testdata, { withFileTypes: true })) {
    const directory = join(testdata, entry.name);
    const files = entry.isDirectory() ? await readdir(directory) : [];
    if (inputs[0] !== undefined && !files.includes(inputs[0])) {
      throw new Error(`${directory} is an orphan: it has no ${inputs[0]}`);
    }
    cases.push({ name: entry.name, directory, read: (file) => readFile(join(directory, file), 'utf8') });
  }
  return cases.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Whether expectations are written instead of compared: `UPDATE_GOLDEN=1`, which vitest's `-u` sets too. */
export function updatesGolden(): boolean {
  return process.env.UPDATE_GOLDEN === '1';
}

/** A difference between what was made and what a golden file holds; put both into one `expect(...).toEqual`. */
export type GoldenResult = {
  /** Contents by file name as they were made. */
  readonly made: Readonly<Record<string, string>>;
  /** Contents by file name as they are stored, every expectation of the directory: an orphan has no counterpart. */
  readonly stored: Readonly<Record<string, string>>;
};

export type GoldenFiles = {
  readonly directory: string;
  /** Contents by file name; an empty text means that there must be no file. */
  readonly files: Readonly<Record<string, string>>;
  readonly inputs?: readonly string[];
};

/**
 * Compares made contents with a case's expectations, or writes them. Use:
 * `const { made, stored } = await golden({ directory, files }); expect(made).toEqual(stored);`
 * A stored file that nobody makes any more shows up in `stored` alone and fails.
 */
export async function golden(options: GoldenFiles): Promise<GoldenResult> {
  const { directory, inputs = ['in.yaml'] } = options;
  const made = Object.fromEntries(Object.entries(options.files).filter(([, text]) => text !== ''));
  if (updatesGolden()) await writeExpectations(directory, { made, inputs });
  const stored: Record<string, string> = {};
  for (const file of await expectationFiles(directory, inputs)) {
    stored[file] = await readFile(join(directory, file), 'utf8');
  }
  return { made, stored };
}

async function writeExpectations(
  directory: string,
  { made, inputs }: { made: Readonly<Record<string, string>>; inputs: readonly string[] },
): Promise<void> {
  for (const file of await expectationFiles(directory, inputs)) {
    if (!(file in made)) await rm(join(directory, file));
  }
  for (const [file, text] of Object.entries(made)) {
    await mkdir(dirname(join(directory, file)), { recursive: true });
    await writeFile(join(directory, file), text);
  }
}

async function expectationFiles(directory: string, inputs: readonly string[]): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true, recursive: true });
  const files = entries
    .filter((e) => e.isFile())
    .map((e) => join(e.parentPath, e.name).slice(directory.length + 1));
  return files.filter((file) => !inputs.includes(file)).sort();
}
