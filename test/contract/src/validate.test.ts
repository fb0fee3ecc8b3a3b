import { execFileSync } from 'node:child_process';
import { chmod, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { makeTempDir, type TempDir } from '@quintet/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BROKEN_CASES } from './broken-configuration.ts';
import { type CommandRun, runQuintet } from './run-quintet.ts';

const VALID = resolve(import.meta.dirname, '../testdata/configuration/valid');
const UNREALISED = resolve(import.meta.dirname, '../testdata/configuration/unrealised');

type IssueLine = {
  readonly code: string;
  readonly level: string;
  readonly resource?: { readonly kind: string; readonly namespace: string; readonly name: string };
  readonly file: string;
  readonly line: number;
  readonly path: string;
  readonly message: string;
};

const issuesOf = (run: CommandRun): IssueLine[] => JSON.parse(run.out);

let temp: TempDir;
beforeAll(async () => {
  temp = await makeTempDir();
});
afterAll(() => temp.remove());

describe('quintet validate', () => {
  it('finds no error in configuration that is right: files of many documents, JSON, lists, foreign kinds', async () => {
    const run = await runQuintet(['validate', '-f', VALID, '-o', 'json']);
    expect(issuesOf(run).filter(({ level }) => level === 'Error')).toEqual([]);
    expect(run).toMatchObject({ code: 0, err: '' });
  });

  it('warns of what restricts access and is not realised, with its path: it is valid all the same', async () => {
    const run = await runQuintet(['validate', UNREALISED, '-o', 'json']);
    const issues = issuesOf(run);
    expect(run.code).toBe(0);
    expect(new Set(issues.map(({ level }) => level))).toEqual(new Set(['Warning']));
    const restricting = issues.filter(({ code }) => code === 'QTT2002');
    expect(restricting.map(({ resource, path }) => `${resource?.kind} ${path}`).sort()).toEqual([
      'AuthorizationPolicy spec.rules[0].from[0].source.remoteIpBlocks',
      'AuthorizationPolicy spec.rules[0].when[0].key',
      'ClusterRbacConfig ',
      'EnvoyFilter ',
      'PeerAuthentication spec.mtls.mode',
      'RequestAuthentication ',
      'checknothing ',
      'denier ',
      'handler spec.adapter',
      'instance spec.template',
    ]);
  });

  it('prints a line for each issue, and what is right on standard error', async () => {
    const right = await runQuintet([
      'validate',
      '-f',
      join(VALID, 'sidecars.yaml'),
      '-f',
      join(VALID, 'empty.yaml'),
    ]);
    expect(right).toEqual({ code: 0, out: '', err: 'configuration is valid\n' });
    const file = join(temp.path, 'wrong.yaml');
    await writeFile(file, BROKEN_CASES[2]?.text ?? '');
    const wrong = await runQuintet(['validate', '-f', 'wrong.yaml'], { cwd: temp.path });
    expect(wrong).toMatchObject({ code: 1, err: '' });
    expect(wrong.out.split('\n')[0]).toMatch(
      /^Error \[IST0106\] \(VirtualService a\.shop wrong\.yaml:6\) .*spec\.gatways: unknown field "gatways"/,
    );
  });

  it.each([
    [['validate'], 64, 'usage: quintet validate'],
    [['validate', '--nonsense', 'a.yaml'], 64, '--nonsense'],
    [['validate', '-f', 'a.yaml', '-o', 'toml'], 64, 'toml'],
    [['validate', '-f', 'not-there.yaml'], 65, 'not-there.yaml'],
    [['validate', '-f', 'not-there/'], 65, 'not-there/'],
  ])('%j ends with %i', async (args, code, says) => {
    const run = await runQuintet(args, { cwd: temp.path });
    expect(run).toMatchObject({ code, out: '', err: expect.stringContaining(says) });
    expect(run.err.trim().split('\n')).toHaveLength(1);
  });

  it('ends with 65 for a file that may not be read', async () => {
    const file = join(temp.path, 'secret.yaml');
    await writeFile(file, '');
    await chmod(file, 0);
    const run = await runQuintet(['validate', '-f', file], { heedPermissions: true });
    expect(run).toMatchObject({
      code: 65,
      out: '',
      err: `quintet: ${file} cannot be read: permission denied\n`,
    });
  });

  it('ends with 65 for what lies in a folder and cannot be read, and waits for nothing', async () => {
    const folder = join(temp.path, 'links');
    await mkdir(folder);
    await symlink('a.yaml', join(folder, 'a.yaml'));
    const run = await runQuintet(['validate', '-f', 'links'], { cwd: temp.path });
    expect(run).toMatchObject({ code: 65, err: expect.stringContaining('links/a.yaml cannot be read') });
    await rm(join(folder, 'a.yaml'));
    execFileSync('mkfifo', [join(folder, 'b.yaml')]);
    const waited = await runQuintet(['validate', '-f', 'links'], { cwd: temp.path });
    expect(waited).toMatchObject({ code: 65, err: expect.stringContaining('links/b.yaml cannot be read') });
  });

  it('reads standard input', async () => {
    const run = await runQuintet(['validate', '-f', '-'], { input: BROKEN_CASES[0]?.text ?? '' });
    expect(run.code).toBe(1);
    expect(run.out).toContain('VirtualService a.shop');
  });
});

describe('a mistake is told with object, line, path, what was found and what is expected', () => {
  const found = new Map<string, IssueLine[]>();
  const fileOf = (index: number): string => `${index}.yaml`;

  beforeAll(async () => {
    const folder = join(temp.path, 'broken');
    await mkdir(folder);
    await Promise.all(BROKEN_CASES.map(({ text }, index) => writeFile(join(folder, fileOf(index)), text)));
    const run = await runQuintet(['validate', '-f', '.', '-o', 'json'], { cwd: folder });
    expect(run.code).toBe(1);
    for (const issue of issuesOf(run)) found.set(issue.file, [...(found.get(issue.file) ?? []), issue]);
  });

  it.each(BROKEN_CASES.map((each, index) => [each.what, each, index] as const))(
    '%s',
    (_, expected, index) => {
      const errors = (found.get(fileOf(index)) ?? []).filter(({ level }) => level === 'Error');
      const [error] = errors;
      expect(errors).toHaveLength(1);
      expect(error).toMatchObject({ line: expected.line, path: expected.path });
      if (expected.object !== undefined) {
        const { kind, namespace, name } = error?.resource ?? {};
        expect(`${kind} ${namespace}/${name}`).toBe(expected.object);
      }
      for (const part of expected.says) expect(error?.message).toContain(part);
    },
  );
});
