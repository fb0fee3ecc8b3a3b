import { readFile } from 'node:fs/promises';
import { type Binary, ETCD_VERSION, KUBERNETES_VERSION, KWOK_VERSION } from './binaries.ts';
import { runGo } from './run-go.ts';

/**
 * The text of a go.mod from which a program can be built. `go install package@version` refuses Kubernetes, because its
 * go.mod replaces the modules of its own tree by paths; a module of our own replaces them by their released versions.
 */
export async function goModule(module: Binary['module'], directory: string): Promise<string> {
  switch (module) {
    case 'etcd':
      return simpleModule('go.etcd.io/etcd/server/v3', ETCD_VERSION, '1.24');
    case 'kwok':
      return simpleModule('sigs.k8s.io/kwok', KWOK_VERSION, '1.24');
    case 'kubernetes':
      return await kubernetesModule(directory);
  }
}

function simpleModule(path: string, version: string, go: string): string {
  return `module build\n\ngo ${go}\n\nrequire ${path} ${version}\n`;
}

async function kubernetesModule(directory: string): Promise<string> {
  const path = `k8s.io/kubernetes@${KUBERNETES_VERSION}`;
  const downloaded: unknown = JSON.parse(await runGo(['mod', 'download', '-json', path], { directory }));
  const file = hasGoMod(downloaded) ? downloaded.GoMod : undefined;
  if (file === undefined) throw new Error(`go mod download ${path}: expected the path of its go.mod`);
  const original = await readFile(file, 'utf8');
  const staging = `v0.${KUBERNETES_VERSION.replace(/^v1\./, '')}`;
  const replaced = [...original.matchAll(/^\s*(k8s\.io\/[a-z-]+) => \.\/staging\//gm)]
    .map(([, name]) => name)
    .filter((name) => name !== undefined && !name.includes('/sample-'));
  const settings = original.split('\n').filter((line) => /^(go|godebug) /.test(line));
  return [
    'module build',
    ...settings,
    `require k8s.io/kubernetes ${KUBERNETES_VERSION}`,
    ...replaced.map((name) => `replace ${name} => ${name} ${staging}`),
    '',
  ].join('\n');
}

function hasGoMod(value: unknown): value is { readonly GoMod: string } {
  return typeof value === 'object' && value !== null && 'GoMod' in value && typeof value.GoMod === 'string';
}
