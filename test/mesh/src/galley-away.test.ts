import { eventually } from '@quintet/testkit';
import { describe, expect, it } from 'vitest';
import { httpCall } from './harness/http-call.ts';
import { refusal } from './harness/mixer-rule.ts';
import { underPageLoad } from './harness/page-load.ts';
import { useMesh } from './harness/use-mesh.ts';

/** What mixer refuses only while it has its rules. */
const GUARD = refusal('guard', 'request.headers["end-user"] == "refused"');

const mesh = useMesh({ files: { 'guard.yaml': GUARD } });

describe('pilot and mixer that start while galley is down', () => {
  it('work from what galley stored on the bus, for old proxies and new ones, and take over from it', async () => {
    const galley = await mesh().holdDown('galley');
    try {
      await underPageLoad(mesh().state.page, async () => {
        await Promise.all([mesh().kill('pilot'), mesh().kill('mixer')]);
        for (const service of ['pilot', 'mixer']) {
          await mesh().ready(service);
          expect(await readiness(service)).toContain('from the snapshot');
        }
      });
      await mesh().kill('envoy:details-v1');
      await eventually(async () => (await page('reader')).status === 200, {
        timeoutMs: 20_000,
        everyMs: 100,
      });
      expect((await page('refused')).status).toBe(403);
    } finally {
      await galley.release();
    }
    await underPageLoad(mesh().state.page, async () => {
      await mesh().settled();
      for (const service of ['pilot', 'mixer']) {
        await eventually(async () => !(await readiness(service)).includes('snapshot'), { timeoutMs: 20_000 });
      }
      const verdict = await mesh().write(
        'guard.yaml',
        refusal('guard', 'request.headers["end-user"] == "other"'),
      );
      expect(verdict.issues).toEqual([]);
      await eventually(
        async () => {
          const answers = [(await page('refused')).status, (await page('other')).status];
          if (answers.join() !== '200,403') throw new Error(`refused and other got ${answers.join(' and ')}`);
        },
        { timeoutMs: 10_000, everyMs: 100 },
      );
    });
  });
});

const page = (user: string) => mesh().get('/productpage', { headers: { 'end-user': user } });

async function readiness(service: string): Promise<string> {
  const url = `http://${mesh().state.addresses[service]}:15014/readyz`;
  return (await httpCall({ url, timeoutMs: 2000 })).body;
}
