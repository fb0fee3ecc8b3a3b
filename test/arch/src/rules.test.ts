import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { packagesOf, readText, root, sourcesOf } from './workspace.ts';

const libs = packagesOf('libs').map((lib) => lib.folder);
const services = packagesOf('services').map((service) => service.folder);
const product = [...libs, ...services].flatMap(sourcesOf).filter((path) => !path.endsWith('.test.ts'));

const offenders = (paths: readonly string[], pattern: RegExp): string[] =>
  paths.flatMap((path) =>
    readText(path)
      .split('\n')
      .flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}`] : [])),
  );

describe('sources', () => {
  it('only libs/runtime touches the process', () => {
    const outside = product.filter(
      (path) => !path.startsWith('libs/runtime/') && !path.startsWith('libs/testkit/'),
    );
    expect(offenders(outside, /(?<![-\w])process\.|from 'node:process'/)).toEqual([]);
  });

  it('have no file that holds more than one thing', () => {
    const long = product.filter((path) => readText(path).split('\n').length > 401);
    expect(long).toEqual([]);
  });

  it('use no catch-all names for files and folders', () => {
    expect(
      product.filter((path) => /(^|\/)(utils?|helpers?|common|misc|shared)(\/|\.ts$)/.test(path)),
    ).toEqual([]);
  });

  it('use no barrels but the index of a library', () => {
    const barrels = product.filter(
      (path) => path.endsWith('/index.ts') && !/^libs\/[^/]+\/src\/index\.ts$/.test(path),
    );
    expect(barrels).toEqual([]);
    expect(offenders(product, /^export \* from/)).toEqual([]);
  });

  it('give up on types nowhere', () => {
    expect(offenders(product, /@ts-ignore|@ts-expect-error|biome-ignore/)).toEqual([]);
  });

  it('leave nothing unfinished', () => {
    expect(offenders(product, /\b(TODO|FIXME|XXX)\b/)).toEqual([]);
  });
});

describe('pure folders', () => {
  const pure = product.filter((path) =>
    /^(libs\/(model|expr|proxy)\/src|services\/pilot\/src\/(snapshot|scope|plan|envoy))\//.test(path),
  );

  it('read no clock and use no randomness', () => {
    expect(
      offenders(
        pure,
        /\bMath\.random\b|\bDate\.now\b|\bnew Date\(\)|\bperformance\.now\b|randomUUID|randomBytes/,
      ),
    ).toEqual([]);
  });

  it('do no input or output', () => {
    expect(
      offenders(pure, /from 'node:(fs|net|http|https|http2|tls|dgram|dns|child_process|worker_threads)/),
    ).toEqual([]);
  });
});

describe('top level', () => {
  it('holds what the design names', () => {
    const allowed = new Set([
      ...[
        'package.json',
        'pnpm-workspace.yaml',
        'pnpm-lock.yaml',
        'services',
        'libs',
        'deploy',
        'test',
        'docs',
        'docker-compose.yml',
      ],
      ...['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'LICENSE'],
      ...['tsconfig.json', 'tsconfig.base.json', 'tsconfig.build.json', 'vitest.config.ts', 'biome.json'],
    ]);
    const extra = readdirSync(root).filter(
      (name) => !name.startsWith('.') && name !== 'node_modules' && !allowed.has(name),
    );
    expect(extra).toEqual([]);
  });
});

describe('dependencies', () => {
  it('each have a line that says why', () => {
    const page = readText('docs/dependencies.md');
    const names = new Set<string>();
    for (const one of [...packagesOf('libs'), ...packagesOf('services'), ...packagesOf('test')]) {
      for (const name of Object.keys({ ...one.manifest.dependencies, ...one.manifest.devDependencies }))
        names.add(name);
    }
    const manifest = JSON.parse(readText('package.json'));
    for (const name of Object.keys({ ...manifest.dependencies, ...manifest.devDependencies }))
      names.add(name);
    const external = [...names].filter((name) => !name.startsWith('@quintet/'));
    expect(external.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });
});
