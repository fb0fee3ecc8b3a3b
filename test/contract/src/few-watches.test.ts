import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createMcpSink, resourceName } from '@quintet/mcp';
import { DESTINATION_RULE, isOfSchema } from '@quintet/model';
import { createChannel, silentLog, systemClock } from '@quintet/runtime';
import { eventually, freePort, makeTempDir } from '@quintet/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { hasUserNamespaces, serve } from './run-quintet.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const rule = (name: string, host: string): string =>
  `{apiVersion: networking.istio.io/v1alpha3, kind: DestinationRule, metadata: {name: ${name}}, spec: {host: ${host}}}`;

/** The hosts of all destination rules that a galley hands out, by name. */
async function followRules(port: number) {
  const hosts = new Map<string, string>();
  const channel = createChannel({ address: `127.0.0.1:${port}` });
  const sink = createMcpSink({
    ...{ channel, collections: [DESTINATION_RULE.collection], node: { id: 'reader' } },
    onChange({ full, updated, removed }) {
      if (full) hosts.clear();
      for (const name of removed) hosts.delete(name);
      for (const object of updated)
        if (isOfSchema(object, DESTINATION_RULE.schema)) hosts.set(resourceName(object), object.spec.host);
    },
    ...{ log: silentLog, clock: systemClock, random: Math.random },
  });
  await sink.start?.();
  cleanups.push(() => sink.stop?.(AbortSignal.timeout(1000)), channel.close);
  return () => [...hosts].map(([name, host]) => `${name}=${host}`).sort();
}

describe('galley on a system that has no more watches', () => {
  it('hands out every change all the same, and says what is the matter', async ({ skip }) => {
    skip(
      !hasUserNamespaces(),
      'the limit of watches is set in a user namespace: unshare -Ur is refused here',
    );
    const temp = await makeTempDir();
    cleanups.push(temp.remove);
    const at = (name: string) => join(temp.path, name);
    for (const name of ['a', 'b', 'c']) await mkdir(at(name));
    await writeFile(at('a/1.yaml'), rule('one', 'x'));
    const port = await freePort();
    const flags = ['--configPath', temp.path, '--insecure', '--server-address', `127.0.0.1:${port}`];
    const galley = await serve('galley', flags, { inotifyWatches: 2 });
    cleanups.push(galley.stop);
    await galley.ready();
    const rules = await followRules(port);
    const say = (expected: readonly string[]) =>
      eventually(() => expect(rules()).toEqual(expected), { timeoutMs: 20_000 });
    await say(['default/one=x']);
    await writeFile(at('c/2.yaml'), rule('two', 'x'));
    await writeFile(at('b/3.yaml'), rule('three', 'x'));
    await say(['default/one=x', 'default/three=x', 'default/two=x']);
    await rename(at('c'), at('d'));
    await writeFile(at('d/2.yaml'), rule('two', 'y'));
    await say(['default/one=x', 'default/three=x', 'default/two=y']);
    const warnings = galley
      .log()
      .split('\n')
      .filter((line) => line.includes('not all directories can be watched'));
    expect(warnings).toHaveLength(1);
    expect(await (await fetch(`http://${galley.admin}/readyz`)).text()).toContain(
      'cannot be watched (ENOSPC)',
    );
  });
});
