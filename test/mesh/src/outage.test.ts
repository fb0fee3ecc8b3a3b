import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '@quintet/testkit';
import { describe, expect, it } from 'vitest';
import { LOCAL_CONFIG } from './harness/checkout.ts';
import { refusal } from './harness/mixer-rule.ts';
import { underPageLoad } from './harness/page-load.ts';
import { useMesh } from './harness/use-mesh.ts';

const DOWN_MS = 15_000;

/** Mixer is asked about every request on every hop, and refuses what this one reader asks for. */
const GUARD = refusal('guard', 'request.headers["end-user"] == "refused"');

const mesh = useMesh({ upArgs: ['--restart-delay=15s'], files: { 'guard.yaml': GUARD } });

describe('a service that is killed under load and stays down for 15 s', () => {
  it.each(['citadel', 'nodeagent', 'injector'])('%s: no request fails', async (service) => {
    await underPageLoad(mesh().state.page, () => outage(service));
  });

  it('NATS: no request fails, and the services find it again', async () => {
    await underPageLoad(mesh().state.page, async () => {
      await outage('nats');
      await eventually(async () => (await mesh().quintet('proxy-status')).code === 0, { timeoutMs: 30_000 });
    });
  });

  it('galley: no request fails, and a change made meanwhile arrives', async () => {
    await underPageLoad(mesh().state.page, async () => {
      const reader = newReader('galley');
      await outage('galley', () => mesh().save('bookinfo.yaml', bookinfoWith({ reader })));
      expect((await mesh().verdict('bookinfo.yaml')).issues).toEqual([]);
      await mesh().settled();
      expect(await reviewsFor(reader)).toBe('v3');
    });
  });

  it('pilot: no request fails, and a change made meanwhile arrives', async () => {
    await underPageLoad(mesh().state.page, async () => {
      const reader = newReader('pilot');
      await outage('pilot', () => mesh().save('bookinfo.yaml', bookinfoWith({ reader })));
      await mesh().settled();
      expect(await reviewsFor(reader)).toBe('v3');
    });
  });

  it('mixer, failing open: no request fails, and a change made meanwhile arrives', async () => {
    const reader = newReader('mixer');
    const ask = () => mesh().get('/productpage', { headers: { 'end-user': reader } });
    await underPageLoad(mesh().state.page, async () => {
      await outage('mixer', async () => {
        await mesh().save(
          'mixer-down.yaml',
          refusal('mixer-down', `request.headers["end-user"] == "${reader}"`),
        );
        expect((await ask()).status).toBe(200);
      });
      await mesh().settled();
      expect(await ask()).toMatchObject({
        status: 403,
        body: 'PERMISSION_DENIED:mixer-down.default:refused for the test',
      });
    });
  });
});

let readers = 0;

/** Somebody whom the configuration does not know yet, also when a test is done again. */
function newReader(name: string): string {
  readers += 1;
  return `${name}-${readers}`;
}

/** Kills a service and waits until it is ready again. */
async function outage(service: string, meanwhile = async () => {}): Promise<void> {
  await mesh().ready(service);
  await mesh().kill(service);
  const killedAt = performance.now();
  await meanwhile();
  await mesh().ready(service);
  expect(performance.now() - killedAt).toBeGreaterThan(DOWN_MS);
}

/** The configuration of the sample, and one more reader who gets version v3 of reviews. */
function bookinfoWith({ reader }: { readonly reader: string }): string {
  const content = readFileSync(join(LOCAL_CONFIG, 'bookinfo.yaml'), 'utf8');
  const first = '  - match:\n    - headers:\n        end-user: {exact: tester}\n';
  expect(content).toContain(first);
  const route =
    `  - match: [{headers: {end-user: {exact: ${reader}}}}]\n` +
    '    route: [{destination: {host: reviews, subset: v3}}]\n';
  return content.replace(first, route + first);
}

async function reviewsFor(reader: string): Promise<string | undefined> {
  const { body } = await mesh().get('/productpage', { headers: { 'end-user': reader } });
  return /data-service="reviews" data-version="([^"]*)"/.exec(body)?.[1];
}
