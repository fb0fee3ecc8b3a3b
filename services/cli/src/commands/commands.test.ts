import { mkdirSync, mkdtempSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { LOCAL_CONFIG_FOLDER, TRY_FOLDER } from '../checkout.ts';
import { runCommand } from '../testing/run-command.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'quintet-cli-'));
});

const inFolder = (...args: string[]) =>
  runCommand(args, { cwd: folder, env: { QUINTET_HOME: join(folder, 'home') } });

const SERVICE = `apiVersion: networking.istio.io/v1alpha3
kind: VirtualService
metadata: {name: a, namespace: shop}
spec:
  hosts: [a]
  http: [{route: [{destination: {host: a}}]}]
`;

describe('validate', () => {
  it('finds the configuration of the local mesh valid', async () => {
    const result = await inFolder('validate', '-f', LOCAL_CONFIG_FOLDER, TRY_FOLDER);
    expect(result).toMatchObject({ code: 0, err: 'configuration is valid\n' });
  });

  it('names object, file, line and path of an unknown field, and ends with 1', async () => {
    writeFileSync(join(folder, 'a.yaml'), SERVICE.replace('hosts:', 'host:'));
    const { code, out } = await inFolder('validate', '-f', 'a.yaml');
    expect(code).toBe(1);
    expect(out).toMatch(/^Error \[\w+\] \(VirtualService a\.shop a\.yaml:5\) .*spec\.host/);
  });

  it('says the same as YAML and in colours, and takes the formats of analyze', async () => {
    writeFileSync(join(folder, 'a.yaml'), SERVICE.replace('hosts:', 'host:'));
    const yaml = await inFolder('validate', '-f', 'a.yaml', '-o', 'yaml');
    expect(yaml).toMatchObject({ code: 1, err: '' });
    expect(yaml.out).toMatch(/^- code: IST0106\n {2}level: Error\n/);
    const log = await inFolder('validate', '-f', 'a.yaml', '-o', 'log', '--color');
    expect(log.out).toContain('\u001b[1;31mError\u001b[0m [IST0106]');
    expect(await inFolder('validate', '-f', 'a.yaml', '-o', 'xml')).toMatchObject({ code: 64 });
  });

  it('checks the mesh configuration and the networks of the ConfigMap istio', async () => {
    const map = (data: string) =>
      `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio, namespace: istio-system}\ndata:\n${data}`;
    writeFileSync(
      join(folder, 'good.yaml'),
      map('  mesh: |\n    trustDomain: ""\n  meshNetworks: "networks: {}"\n'),
    );
    writeFileSync(join(folder, 'bad.yaml'), map('  mesh: |\n    connectTimeout: 99s\n'));
    expect(await inFolder('validate', 'good.yaml')).toMatchObject({ code: 0, out: '' });
    expect(await inFolder('validate', 'bad.yaml')).toMatchObject({
      code: 1,
      out: 'Error [IST0106] (ConfigMap istio.istio-system bad.yaml:5) Schema validation error: data.mesh.connectTimeout: expected at most 30s, found 99s\n',
    });
  });

  it('says the same as JSON', async () => {
    writeFileSync(join(folder, 'a.yaml'), SERVICE.replace('hosts:', 'host:'));
    const { code, out, err } = await inFolder('validate', '-f', 'a.yaml', '-o', 'json');
    expect({ code, err }).toEqual({ code: 1, err: '' });
    const [issue]: unknown[] = JSON.parse(out);
    expect(issue).toMatchObject({
      level: 'Error',
      resource: { kind: 'VirtualService', namespace: 'shop', name: 'a' },
      file: 'a.yaml',
      line: 5,
    });
  });

  it('ends with 1 for broken YAML and with 65 for a file that is not there', async () => {
    writeFileSync(join(folder, 'broken.yaml'), 'a: [');
    expect(await inFolder('validate', '-f', 'broken.yaml')).toMatchObject({ code: 1 });
    expect(await inFolder('validate', '-f', 'none.yaml')).toEqual({
      code: 65,
      out: '',
      err: 'quintet: none.yaml cannot be read: no such file or folder\n',
    });
  });

  it('looks at mixer objects of all files together, in any order', async () => {
    const head = (kind: string, name: string) =>
      `apiVersion: config.istio.io/v1alpha2\nkind: ${kind}\nmetadata: {name: ${name}, namespace: shop}\nspec:\n`;
    const rule = `${head('rule', 'r')}  actions:\n  - handler: deny\n    instances: [nothing]\n`;
    writeFileSync(join(folder, 'a.yaml'), rule);
    writeFileSync(join(folder, 'b.yaml'), `${head('handler', 'deny')}  compiledAdapter: denier\n`);
    writeFileSync(
      join(folder, 'c.yaml'),
      `${head('instance', 'nothing')}  compiledTemplate: reportnothing\n`,
    );
    expect(await inFolder('validate', '-f', 'a.yaml')).toMatchObject({ code: 0 });
    const all = await inFolder('validate', '-f', 'a.yaml', 'b.yaml', 'c.yaml');
    expect(all.code).toBe(1);
    expect(all.out).toMatch(
      /^Error \[IST0106\] \(rule r\.shop a\.yaml:7\) .*spec\.actions\[0\]\.instances\[0\]/,
    );
    writeFileSync(join(folder, 'a.yaml'), rule.replace('deny', 'denier'));
    const { out } = await inFolder('validate', '-f', 'a.yaml', 'b.yaml');
    expect(out).toMatch(
      /^Error \[IST0101\] \(rule r\.shop a\.yaml:6\) Referenced handler not found: "denier"/,
    );
  });

  it('reads mesh.yaml as what it is', async () => {
    mkdirSync(join(folder, 'c'));
    writeFileSync(join(folder, 'c/mesh.yaml'), 'workload: []');
    const { code, out } = await inFolder('validate', 'c');
    expect(code).toBe(1);
    expect(out).toContain('c/mesh.yaml:1');
    expect(out).toContain('workload: unknown field');
  });
});

describe('mixer eval', () => {
  it('answers a value, or an error with exit code 1', async () => {
    writeFileSync(join(folder, 'a.json'), '{"request.size": 5}');
    expect(await inFolder('mixer', 'eval', 'request.size > 3', '--attributes', 'a.json')).toEqual({
      code: 0,
      out: '{"type":"BOOL","value":true,"referenced":["request.size"]}\n',
      err: '',
    });
    const failed = await inFolder('mixer', 'eval', 'request.size > 3');
    expect(failed.code).toBe(1);
    expect(JSON.parse(failed.out)).toHaveProperty('error');
  });

  it('answers a batch line by line, errors among them', async () => {
    writeFileSync(join(folder, 'b.jsonl'), '{"expression": "1 == 1"}\n\nnot json\n{"expression": "2 =="}\n');
    const { code, out } = await inFolder('mixer', 'eval', '--batch', 'b.jsonl');
    expect(code).toBe(0);
    const answers: unknown[] = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(answers).toEqual([
      expect.objectContaining({ value: true }),
      expect.objectContaining({ error: expect.any(String) }),
      expect.objectContaining({ error: expect.any(String) }),
    ]);
  });

  it('says when a file of attributes is no JSON or not there', async () => {
    writeFileSync(join(folder, 'a.json'), '{');
    const broken = await inFolder('mixer', 'eval', 'true', '--attributes', 'a.json');
    expect(broken.code).toBe(1);
    expect(broken.out).toContain('attributes: a.json is not JSON');
    expect(await inFolder('mixer', 'eval', 'true', '--manifest', 'none')).toMatchObject({ code: 65 });
    expect(await inFolder('mixer', 'eval')).toMatchObject({ code: 64 });
  });
});

describe('commands about a running mesh', () => {
  it.each([[['events']], [['proxy-status']], [['proxy-config', 'clusters', 'a']], [['version', '--remote']]])(
    '%j say when none is running',
    async (args) => {
      const err = 'quintet: no mesh is running; start one with: npm start\n';
      expect(await inFolder(...args)).toEqual({ code: 1, out: '', err });
    },
  );

  it('say when the mesh that was named is not running, or its file is none', async () => {
    expect(await inFolder('proxy-status', '--mesh', 'other')).toMatchObject({
      code: 1,
      err: 'quintet: mesh "other" is not running\n',
    });
    expect(await inFolder('proxy-status', '--mesh', './mesh.json')).toMatchObject({ code: 65 });
  });

  it('down is content when there is nothing to end', async () => {
    expect(await inFolder('down')).toEqual({ code: 0, out: '', err: 'quintet: no mesh is running\n' });
  });
});

describe('up', () => {
  it('says what is wrong with the configuration folder', async () => {
    const env = { QUINTET_HOME: join(folder, 'home'), ENVOY_BIN: '/bin/true', NATS_SERVER_BIN: '/bin/true' };
    const up = (...args: string[]) => runCommand(['up', ...args], { cwd: folder, env });
    expect(await up('--config', 'none')).toEqual({
      code: 65,
      out: '',
      err: `quintet: ${join(folder, 'none')} is not a folder\n`,
    });
    expect(await up('--config', 'none', '--restart-delay', '15')).toMatchObject({
      code: 64,
      err: expect.stringContaining('--restart-delay 15: expected a duration such as 15s'),
    });
    mkdirSync(join(folder, 'c'));
    expect(await up('--config', 'c')).toMatchObject({ code: 65 });
    writeFileSync(join(folder, 'c/mesh.yaml'), 'workload: []\nservices: 1');
    const { code, err } = await up('--config', 'c');
    expect(code).toBe(1);
    expect(err.split('\n')).toHaveLength(3);
    expect(err).toContain('mesh.yaml: services: expected a list');
  });
});

describe('version', () => {
  it('prints its own', async () => {
    expect(await inFolder('version')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    });
    expect(JSON.parse((await inFolder('version', '-o', 'json')).out)).toEqual({
      clientVersion: { version: expect.any(String) },
    });
  });
});

describe('probe', () => {
  it('ends with 0 while the file is young, else with 1', async () => {
    const path = join(folder, 'ready');
    writeFileSync(path, '');
    const ask = (...args: string[]) => inFolder('probe', ...args);
    expect(await ask('--probe-path', path, '--interval', '1m')).toEqual({ code: 0, out: '', err: '' });
    const old = new Date(Date.now() - 120_000);
    utimesSync(path, old, old);
    expect(await ask('--probe-path', path, '--interval', '1m')).toMatchObject({
      code: 1,
      err: `quintet: ${path} was renewed 120 s ago\n`,
    });
    expect(await ask('--probe-path', join(folder, 'none'), '--interval', '1m')).toMatchObject({ code: 1 });
    expect(await ask('--probe-path', path)).toMatchObject({ code: 64 });
    expect(await ask('--interval', '1s')).toMatchObject({ code: 64 });
  });
});
