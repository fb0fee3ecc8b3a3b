import { httpCall } from '@quintet/test-mesh/harness/http-call.ts';
import { type MeshFolder, makeMeshFolder } from '@quintet/test-mesh/harness/mesh-folder.ts';
import { startUp } from '@quintet/test-mesh/harness/up-process.ts';
import type { BenchCase, BenchContext } from '../bench-case.ts';
import { median } from '../measure/percentile.ts';

const RUNS = 3;
const LIMIT_MS = 120_000;

export const meshStart: BenchCase = {
  name: 'mesh-start',
  about: `From \`quintet up\` of the sample to the first successful product page, ${RUNS} runs each, median. Cold: a fresh state folder, dependencies and tools there already. Warm: the second start with the same state folder.`,
  async run(context) {
    const [cold, warm]: [number[], number[]] = [[], []];
    for (let run = 1; run <= RUNS; run += 1) {
      const folder = await makeMeshFolder({});
      try {
        context.say(`run ${run} of ${RUNS}`);
        cold.push(await startOnce(folder, context));
        warm.push(await startOnce(folder, context));
      } finally {
        await folder.remove();
      }
    }
    return [
      { what: 'cold start', value: median(cold), unit: 'ms' },
      { what: 'warm start', value: median(warm), unit: 'ms', note: 'to be 20000 or less' },
      { what: 'slowest warm start', value: Math.max(...warm), unit: 'ms' },
    ];
  },
};

/** Milliseconds to the page. The mesh is ended again. */
async function startOnce({ home, config }: MeshFolder, { stop }: BenchContext): Promise<number> {
  const start = performance.now();
  const up = startUp({ args: ['--name', 'bench', '--config', config], env: { QUINTET_HOME: home } });
  const end = (): void => up.signal('SIGINT');
  stop.addEventListener('abort', end);
  try {
    const line = await up.line(/http:\/\/\S+\/productpage/, { timeoutMs: LIMIT_MS });
    const url = /http:\/\/\S+\/productpage/.exec(line)?.[0] ?? '';
    const { status } = await httpCall({ url });
    const tookMs = performance.now() - start;
    if (status !== 200) throw new Error(`${url}: status ${status}`);
    return tookMs;
  } finally {
    stop.removeEventListener('abort', end);
    end();
    await up.ended;
  }
}
