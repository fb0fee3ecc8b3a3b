import { describe, expect, it } from 'vitest';
import { fixedSwitch, idleFlag, idleSwitch, refusedFlag } from './classic-flags.ts';
import { defineConfig, extendConfig } from './define-config.ts';
import { formatDuration, parseDuration, parseSize } from './duration.ts';

const config = defineConfig({
  description: 'For tests.',
  options: {
    configPath: { type: 'list', env: 'TEST_PATH', description: 'paths' },
    address: {
      type: 'string',
      flag: 'server-address',
      default: 'tcp://0.0.0.0:9901',
      description: 'address',
    },
    port: { type: 'int', short: 'p', min: 1, max: 65535, default: 9091, description: 'port' },
    insecure: { type: 'bool', description: 'plaintext' },
    quiet: { type: 'bool', default: true, description: 'quiet' },
    debounce: { type: 'duration', default: '100ms', description: 'debounce' },
    max: { type: 'size', default: '4MiB', description: 'largest message' },
    mode: { type: 'enum', values: ['a', 'b'], description: 'mode' },
    name: { type: 'string', env: 'TEST_NAME', required: true, description: 'name' },
    key: { type: 'int', secret: true, description: 'secret' },
  },
});
const parse = (argv: string[], env: Record<string, string> = { TEST_NAME: 'n' }) =>
  config.parse('test', { argv, env });
const values = (argv: string[], env?: Record<string, string>) => {
  const result = parse(argv, env);
  if (result.kind !== 'values') throw new Error(JSON.stringify(result));
  return result.values;
};

describe('flags', () => {
  it('have defaults', () => {
    expect(values([])).toEqual({
      configPath: [],
      address: 'tcp://0.0.0.0:9901',
      port: 9091,
      insecure: false,
      quiet: true,
      debounce: 100,
      max: 4 * 1024 * 1024,
      mode: undefined,
      name: 'n',
      key: undefined,
    });
  });

  it.each([
    [['--server-address', 'x:1'], { address: 'x:1' }],
    [['--server-address=x=1'], { address: 'x=1' }],
    [['-p', '5'], { port: 5 }],
    [['--port', '1', '--port=2'], { port: 2 }],
    [['--insecure'], { insecure: true }],
    [['--insecure=false', '--quiet=0'], { insecure: false, quiet: false }],
    [['--insecure', '--port', '7'], { insecure: true, port: 7 }],
    [['--configPath', 'a', '--configPath=b,c'], { configPath: ['a', 'b', 'c'] }],
    [['--debounce', '1m30s', '--max=1KiB'], { debounce: 90_000, max: 1024 }],
    [['--mode', 'b', '--name', '-1'], { mode: 'b', name: '-1' }],
  ])('%j', (argv, expected) => {
    expect(values(argv)).toMatchObject(expected);
  });

  it('win over the environment, and the environment over defaults', () => {
    const env = { TEST_NAME: 'env', TEST_PATH: '/a,/b' };
    expect(values([], env)).toMatchObject({ name: 'env', configPath: ['/a', '/b'] });
    expect(values(['--name=flag', '--configPath=/c'], env)).toMatchObject({
      name: 'flag',
      configPath: ['/c'],
    });
  });

  it.each([
    [['--nam', 'x'], '--nam: unknown flag, did you mean --name?'],
    [['--zzzzzzzzzz'], '--zzzzzzzzzz: unknown flag, see --help'],
    [['stray'], '"stray": found an argument, expected only flags'],
    [['--port'], '--port: nothing follows it, expected an integer'],
    [['--name', '--port', '1'], '--name: nothing follows it, expected a text'],
    [['--port', '70000'], '--port: found "70000", expected an integer from 1 to 65535'],
    [['--port=1.5'], '--port: found "1.5", expected an integer from 1 to 65535'],
    [['--insecure=maybe'], '--insecure: found "maybe", expected true or false'],
    [['--debounce=5'], '--debounce: found "5", expected a duration such as 5s or 1m30s'],
    [['--debounce=-5s'], '--debounce: found "-5s", expected a duration such as 5s or 1m30s'],
    [['--max=big'], '--max: found "big", expected a size such as 4MiB or 4096'],
    [['--mode=c'], '--mode: found "c", expected one of a, b'],
    [['--key=hunter2'], '--key: found (hidden), expected an integer'],
  ])('%j is refused', (argv, problem) => {
    expect(parse(argv)).toEqual({ kind: 'problems', problems: [problem] });
  });

  it('are all checked before anything is said', () => {
    const result = parse(['--port=x', '--mode=c'], {});
    expect(result).toMatchObject({ kind: 'problems' });
    expect(result.kind === 'problems' && result.problems).toHaveLength(3);
    expect(result.kind === 'problems' && result.problems.at(-1)).toBe(
      '--name (or environment variable TEST_NAME): missing, expected a text',
    );
  });

  it('are printed for people and for the documentation', () => {
    expect(parse(['--help'])).toMatchObject({
      kind: 'help',
      text: expect.stringContaining('Usage: test [flags]'),
    });
    expect(config.rows()[2]).toEqual({
      flag: '-p, --port',
      type: 'int',
      default: '9091',
      env: '',
      description: 'port',
    });
  });
});

describe('classic flags', () => {
  const classic = defineConfig({
    description: '',
    options: {
      address: { type: 'string', aliases: ['monitoringAddr', 'monitoringPort'], description: 'address' },
    },
    classic: {
      resync: idleFlag('changes are told'),
      profile: idleSwitch('there are other means'),
      'enable-server': fixedSwitch(true, 'it is what there is'),
      registries: { ...idleFlag('services come from galley'), only: ['MCP'] },
      kubeconfig: refusedFlag('files are read'),
    },
  });
  const read = (...argv: string[]) => classic.parse('test', { argv, env: {} });

  it.each([
    [['--monitoringAddr=:1'], { values: { address: ':1' }, warnings: [] }],
    [['--address=:1', '--monitoringPort', '2'], { values: { address: '2' } }],
    [
      ['--resync', '60s', '--address', 'x'],
      {
        values: { address: 'x' },
        warnings: ['--resync: a classic flag without an effect here: changes are told'],
      },
    ],
    [
      ['--profile', '--address', 'x'],
      { values: { address: 'x' }, warnings: [expect.stringMatching('--profile')] },
    ],
    [['--profile=false'], { warnings: [expect.stringMatching('--profile')] }],
    [['--enable-server'], { warnings: [expect.stringMatching('--enable-server')] }],
    [['--registries', 'MCP'], { warnings: [expect.stringMatching('--registries')] }],
    [
      ['--enable-server=false'],
      ['--enable-server: found "false", which is not possible here: it is what there is'],
    ],
    [
      ['--registries=Consul'],
      ['--registries: found "Consul", which is not possible here: services come from galley'],
    ],
    [['--kubeconfig', '~/.kube/config'], ['--kubeconfig: not possible here: files are read']],
    [['-profile'], ['-profile: unknown flag, see --help']],
  ])('%j', (argv, expected) => {
    const problems = Array.isArray(expected);
    expect(read(...argv)).toMatchObject(problems ? { kind: 'problems', problems: expected } : expected);
  });

  it('are no options too', () => {
    const options = { resync: { type: 'string', description: '' } } as const;
    expect(() => defineConfig({ description: '', options, classic: { resync: idleFlag('') } })).toThrow(
      /--resync/,
    );
  });
});

describe('a declaration', () => {
  const option = { type: 'string', description: '' } as const;
  it('with one flag for two options is a bug', () => {
    expect(() =>
      defineConfig({ description: '', options: { a: option, b: { ...option, flag: 'a' } } }),
    ).toThrow(/--a/);
    expect(() => extendConfig(config, { other: { ...option, flag: 'port' } })).toThrow(/--port/);
  });
  it('with a default of another type is a bug', () => {
    const options = { a: { type: 'duration', default: 'soon', description: '' } } as const;
    expect(() => defineConfig({ description: '', options })).toThrow(/soon/);
  });
});

describe('durations and sizes', () => {
  it.each([
    ['0', 0],
    ['5s', 5000],
    ['1h30m', 5_400_000],
    ['1.5s', 1500],
    ['-2ms', -2],
    ['5', undefined],
    ['s', undefined],
    ['5 s', undefined],
    ['', undefined],
  ])('%j is %s ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each([
    [0, '0s'],
    [100, '100ms'],
    [90_000, '1m30s'],
    [5_400_000, '1h30m'],
    [-1500, '-1.5s'],
  ])('%d ms is written as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
    expect(parseDuration(text)).toBe(ms);
  });

  it.each([
    ['4MiB', 4_194_304],
    ['1MB', 1_000_000],
    ['12', 12],
    ['1.5KiB', 1536],
    ['4 MiB', undefined],
    ['x', undefined],
  ])('%j is %s bytes', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });
});
