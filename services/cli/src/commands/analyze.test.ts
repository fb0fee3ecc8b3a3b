import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { LOCAL_CONFIG_FOLDER, SAMPLES_FOLDER, TRY_FOLDER } from '../checkout.ts';
import { runCommand } from '../testing/run-command.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'quintet-analyze-'));
});

const analyze = (...args: string[]) => runCommand(['analyze', ...args], { cwd: folder });
const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);

const ROUTE = `apiVersion: networking.istio.io/v1alpha3
kind: VirtualService
metadata: {name: a, namespace: shop}
spec:
  hosts: [a]
  http:
  - route:
    - destination: {host: gone}
`;
const SERVICE = `apiVersion: v1
kind: Service
metadata: {name: gone, namespace: shop}
spec:
  ports:
  - port: 80
`;
const LINE = 'Error [IST0101] (VirtualService a.shop a.yaml:8) Referenced host not found: "gone"\n';
const FOUND =
  'Error: Analyzers found issues when analyzing a.yaml.\nSee docs/reference/issues.md for what the codes mean and what to do.\n';

describe('analyze', () => {
  it('finds nothing in what comes with the product', async () => {
    const folders = [LOCAL_CONFIG_FOLDER, TRY_FOLDER, join(SAMPLES_FOLDER, 'policy')];
    expect(await analyze(...folders)).toEqual({
      code: 0,
      out: '',
      err: `\u2714 No validation issues found when analyzing ${folders.join(', ')}.\n`,
    });
  });

  it('prints a line for each finding and ends with 79', async () => {
    write('a.yaml', ROUTE);
    expect(await analyze('a.yaml')).toEqual({ code: 79, out: LINE, err: FOUND });
  });

  it('reads standard input', async () => {
    const { code, out } = await runCommand(['analyze', '-'], { input: ROUTE });
    expect({ code, out }).toEqual({ code: 79, out: LINE.replace('a.yaml', '-') });
  });

  it('sees what all files hold together', async () => {
    write('a.yaml', ROUTE);
    write('b.yaml', SERVICE);
    const { code, out } = await analyze('.');
    expect(code).toBe(79);
    expect(out).toBe(
      'Warning [QTT4008] (Service gone.shop b.yaml:6) The port 80 has no name; the protocol is found out by looking at the bytes\n',
    );
  });

  it('names an object that two files hold', async () => {
    write('a.yaml', SERVICE.replace('port: 80', 'port: 80\n    name: http'));
    write('b.yaml', SERVICE);
    const { out } = await analyze('.');
    expect(out).toBe(
      'Error [QTT1004] (Service gone.shop b.yaml:1) The object is defined twice: Service shop/gone stands already in a.yaml:1\n',
    );
  });

  it('prints JSON and YAML', async () => {
    write('a.yaml', ROUTE);
    const issue = {
      code: 'IST0101',
      level: 'Error',
      resource: { kind: 'VirtualService', namespace: 'shop', name: 'a' },
      file: 'a.yaml',
      line: 8,
      path: 'spec.http[0].route[0].destination.host',
      message: 'Referenced host not found: "gone"',
    };
    expect(JSON.parse((await analyze('a.yaml', '-o', 'json')).out)).toEqual([issue]);
    expect((await analyze('a.yaml', '-o', 'yaml')).out).toContain('- code: IST0101\n  level: Error\n');
  });

  it.each([
    [['--failure-threshold', 'Error'], 79, LINE],
    [['--suppress', 'IST0101=VirtualService *.shop'], 0, ''],
    [['--suppress', 'IST0101=VirtualService *.other'], 79, LINE],
    [['--color'], 79, LINE.replace('Error', '\u001b[1;31mError\u001b[0m')],
    [['--color=false', '--discovery', '-n', 'shop', '-A'], 79, LINE],
  ])('with %j ends with %i', async (flags, code, out) => {
    write('a.yaml', ROUTE);
    expect(await analyze('a.yaml', ...flags)).toMatchObject({ code, out });
  });

  it('has thresholds for showing and for failing', async () => {
    write('a.yaml', SERVICE);
    expect(await analyze('a.yaml', '--failure-threshold', 'error')).toMatchObject({
      code: 0,
      err: '\u2714 No issues at or above Error found when analyzing a.yaml.\n',
    });
    expect(await analyze('a.yaml', '--output-threshold', 'Error')).toMatchObject({ code: 79, out: '' });
  });

  it('takes the mesh configuration of a file', async () => {
    write(
      'a.yaml',
      `${SERVICE.replace('port: 80', 'port: 80\n    name: http')}---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: default, namespace: shop}
spec: {mtls: {mode: STRICT}}
`,
    );
    const wanted = async (...flags: string[]) =>
      (await analyze('a.yaml', '--output-threshold', 'Error', ...flags)).out.includes('QTT4010');
    expect(await wanted()).toBe(false);
    write('mc.yaml', 'enableAutoMtls: false');
    expect(await wanted('--meshConfigFile', 'mc.yaml')).toBe(true);
    write('mc.yaml', 'enableAutoMtls: true');
    expect(await wanted('--meshConfigFile', 'mc.yaml')).toBe(false);
  });

  it('takes a file named mesh.yaml for objects when there are some in it', async () => {
    mkdirSync(join(folder, 'c'));
    write('c/mesh.yaml', ROUTE);
    expect(await analyze('c')).toMatchObject({ code: 79, out: LINE.replace('a.yaml', 'c/mesh.yaml') });
  });

  it.each([
    [[], 64],
    [['a.yaml', '--failure-threshold', 'Fatal'], 64],
    [['a.yaml', '-o', 'xml'], 64],
    [['a.yaml', '--suppress', 'nonsense'], 64],
    [['none.yaml'], 65],
    [['a.yaml', '--meshConfigFile', 'none.yaml'], 65],
    [['--list-analyzers'], 0],
  ])('%j ends with %i', async (args, code) => {
    write('a.yaml', ROUTE);
    expect((await analyze(...args)).code).toBe(code);
  });
});
