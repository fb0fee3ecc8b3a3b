import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { ECHO_MESH } from './apps/echo-mesh.ts';
import { useMesh } from './harness/use-mesh.ts';
import type { IssueVerdict, Verdict } from './harness/verdict.ts';

const mesh = useMesh(ECHO_MESH);
const FILE = 'routes.yaml';

/** A VirtualService by which a service answers with a status of its own, so that one sees what is at work. */
const aborting = (host: string, status: number): string => `apiVersion: networking.istio.io/v1alpha3
kind: VirtualService
metadata: {name: ${host}, namespace: default}
spec:
  hosts: [${host}]
  http:
  - fault: {abort: {httpStatus: ${status}, percentage: {value: 100}}}
    route: [{destination: {host: ${host}}}]
`;

/** Three documents; the one in the middle begins in line 10. */
const file = (first: number, middle: string, last: number): string =>
  [aborting('other', first), middle, aborting('anna', last)].join('---\n');

const header = `apiVersion: networking.istio.io/v1alpha3
kind: VirtualService
metadata: {name: echo, namespace: default}
spec:
  hosts: [echo]
`;

type Broken = {
  readonly what: string;
  readonly text: string;
  readonly line: number;
  readonly path: string;
  readonly reason: RegExp;
};

const BROKEN: readonly Broken[] = [
  {
    what: 'an unknown field',
    text: `${header}  http:
  - fault: {abort: {httpStatus: 452, percentage: {value: 100}}}
    rout: [{destination: {host: echo}}]
`,
    line: 17,
    path: 'spec.http[0].rout',
    reason: /unknown field/,
  },
  {
    what: 'a weight below 0',
    text: `${header}  http:
  - route:
    - {destination: {host: echo}, weight: 50}
    - {destination: {host: other}, weight: -30}
`,
    line: 18,
    path: 'spec.http[0].route[1].weight',
    reason: /-30/,
  },
  {
    what: 'a value of the wrong type',
    text: `${header}  http:
  - timeout: soon
    route: [{destination: {host: echo}}]
`,
    line: 16,
    path: 'spec.http[0].timeout',
    reason: /soon/,
  },
  {
    what: 'no destination',
    text: `${header}  http:
  - match: [{uri: {prefix: /}}]
`,
    line: 16,
    path: 'spec.http[0]',
    reason: /route|redirect/,
  },
  {
    what: 'an unknown kind',
    text: header.replace('VirtualService', 'VirtualServise'),
    line: 11,
    path: 'kind',
    reason: /VirtualServise/,
  },
  {
    what: 'no YAML',
    text: `${header}  http: [{route: [{destination: {host: echo}}]
`,
    line: 15,
    path: '',
    reason: /flow|YAML|expected/i,
  },
];

async function statusOf(host: string): Promise<number> {
  return (await mesh().call({ from: 'boris-v1', host: `${host}:8000` })).status;
}

/** The errors of a file, each once: what is said of a document may be said of the object that is held because of it. */
function issuesOf({ objects, issues }: Verdict): IssueVerdict[] {
  const errors = [...objects.flatMap((object) => object.issues), ...issues].filter(
    ({ severity }) => severity === 'error',
  );
  return [...new Map(errors.map((issue) => [JSON.stringify(issue), issue])).values()];
}

describe('a broken VirtualService', () => {
  beforeAll(async () => {
    const verdict = await mesh().write(FILE, file(451, aborting('echo', 452), 453));
    expect(issuesOf(verdict)).toEqual([]);
  });

  describe.each(BROKEN)('with $what', ({ text, line, path, reason }) => {
    let from = 0;
    let verdict: Verdict;

    beforeAll(async () => {
      await mesh().write(FILE, file(451, aborting('echo', 452), 453));
      from = mesh().up.lines().length - 1;
      verdict = await mesh().write(FILE, file(461, text, 463));
    });

    it('leaves what it was about as it was, while its neighbours in the file apply', async () => {
      expect(await statusOf('echo')).toBe(452);
      expect(await statusOf('other')).toBe(461);
      expect(await statusOf('anna')).toBe(463);
    });

    it('is reported with file, line, path and reason', () => {
      const issues = issuesOf(verdict).filter((issue) => issue.path === path);
      expect(issues).toEqual([
        expect.objectContaining({
          file: join(mesh().state.config, FILE),
          line,
          message: expect.stringMatching(reason),
        }),
      ]);
      const states = verdict.objects.map(({ name, state }) => [name, state]);
      expect(Object.fromEntries(states)).toEqual({ other: 'applied', echo: 'held', anna: 'applied' });
    });

    it('is told by `up` in one line', async () => {
      const told = await mesh().up.line(/^✗/, { from });
      expect(told).toContain(`${FILE}:${line}: `);
      expect(told).toContain(path);
      expect(told).toMatch(reason);
    });

    it('is told by `quintet events`', async () => {
      const { code, stdout } = await mesh().quintet('events', '-o', 'json');
      expect(code).toBe(0);
      const told = stdout.split('\n').findLast((event) => event.includes('config.rejected')) ?? '';
      expect(told).toContain(`${FILE}:${line}`);
      expect(told).toContain(path);
      expect(told).toMatch(reason);
    });

    it('is told by `quintet validate`, with exit code 1', async () => {
      const { code, stdout, stderr } = await mesh().quintet(
        'validate',
        '-f',
        join(mesh().state.config, FILE),
      );
      expect(code).toBe(1);
      expect(`${stdout}${stderr}`).toContain(`${FILE}:${line}`);
      expect(`${stdout}${stderr}`).toContain(path);
      expect(`${stdout}${stderr}`).toMatch(reason);
    });

    it('applies as soon as it is good again', async () => {
      expect(issuesOf(await mesh().write(FILE, file(451, aborting('echo', 472), 453)))).toEqual([]);
      expect(await statusOf('echo')).toBe(472);
    });
  });
});
