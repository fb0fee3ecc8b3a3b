import { createHash } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { eventually } from '@quintet/testkit';
import { httpCall } from './http-call.ts';
import { field, list, text } from './json.ts';
import type { MeshState } from './mesh-state.ts';
import { obstacles } from './settle.ts';
import { type Verdict, verdictOn } from './verdict.ts';
import { warmingObstacles } from './warming.ts';

/** The configuration folder of a running mesh. File names are relative to it. */
export type Configuration = {
  /** Writes a file and waits until galley has read it and what follows from it is at work everywhere. */
  write(file: string, content: string): Promise<Verdict>;
  /** Removes a file and waits likewise. */
  remove(file: string): Promise<void>;
  /** Writes files, does the work, and removes them again, whatever came of it. The files must be new ones. */
  withFiles(files: Readonly<Record<string, string>>, work: () => Promise<void>): Promise<void>;
  /** Writes a file and waits for nothing. */
  save(file: string, content: string): Promise<void>;
  /** Waits until galley has read a file as it was last written here, and answers its verdict. */
  verdict(file: string): Promise<Verdict>;
  /** Waits until pilot, mixer and every proxy have what galley hands out, and use it for new connections. */
  settled(options?: { readonly timeoutMs?: number }): Promise<void>;
};

const LIMIT_MS = 30_000;
const LOOK_EVERY_MS = 50;

export function createConfiguration(state: MeshState): Configuration {
  const written = new Map<string, string>();
  const { addresses, workloads, services } = state;
  const page = async (address: string | undefined, path: string): Promise<unknown> => {
    const headers = { authorization: `Bearer ${state.debugToken}` };
    const answer = await httpCall({ url: `http://${address}${path}`, headers, timeoutMs: 5000 });
    if (answer.status !== 200) throw new Error(`${path}: status ${answer.status} ${answer.body.trim()}`);
    return JSON.parse(answer.body);
  };
  const galleyPage = (): Promise<unknown> => page(`${addresses.galley}:15014`, '/debug/configz');
  const pilotPage = (path: string): Promise<unknown> => page(`${addresses.pilot}:8080`, path);
  const hasMixer = services.includes('mixer');

  const settled: Configuration['settled'] = async ({ timeoutMs = LIMIT_MS } = {}) => {
    await eventually(
      async () => {
        const galley = await galleyPage();
        const configz = await pilotPage('/debug/configz');
        const pushStatus = await pilotPage('/debug/push_status');
        const adsz = await pilotPage('/debug/adsz');
        const mixer = hasMixer ? await page(`${addresses.mixer}:15014`, '/debug/configz') : undefined;
        const found = obstacles({ galley, pilot: { configz, pushStatus, adsz }, mixer }, workloads.length);
        if (found.length === 0) found.push(...(await warmingObstacles(workloads)));
        if (found.length > 0) throw new Error(found.join('; '));
      },
      { timeoutMs, everyMs: LOOK_EVERY_MS },
    );
  };
  const verdict = async (file: string): Promise<Verdict> => {
    const path = join(state.config, file);
    const hash = written.get(file);
    const read = await eventually(
      async () => {
        const shown = await galleyPage();
        const files = list(field(shown, 'files')).filter((one) => text(one, 'file') === path);
        const [found = ''] = files.map((one) => text(one, 'sha256'));
        if (found !== (hash ?? '')) throw new Error(`galley has not read ${path} as it is`);
        return { shown };
      },
      { timeoutMs: LIMIT_MS, everyMs: LOOK_EVERY_MS },
    );
    return verdictOn(path, read.shown);
  };
  const save = async (file: string, content: string): Promise<void> => {
    const path = join(state.config, file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
    written.set(file, createHash('sha256').update(content).digest('hex'));
  };
  const write = async (file: string, content: string): Promise<Verdict> => {
    await save(file, content);
    const answer = await verdict(file);
    await settled();
    return answer;
  };
  const remove = async (file: string): Promise<void> => {
    await rm(join(state.config, file));
    written.delete(file);
    await verdict(file);
    await settled();
  };
  return {
    ...{ write, remove, save, verdict, settled },
    async withFiles(files, work) {
      try {
        for (const [file, content] of Object.entries(files)) await save(file, content);
        for (const file of Object.keys(files)) await verdict(file);
        await settled();
        await work();
      } finally {
        for (const file of Object.keys(files)) await rm(join(state.config, file), { force: true });
        for (const file of Object.keys(files)) written.delete(file);
        for (const file of Object.keys(files)) await verdict(file);
        await settled();
      }
    },
  };
}
