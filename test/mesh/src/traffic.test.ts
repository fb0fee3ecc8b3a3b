import { Agent } from 'node:http';
import { describe, expect, it } from 'vitest';
import type { Mesh } from './harness/mesh.ts';
import { useMesh } from './harness/use-mesh.ts';

const mesh = useMesh();

const AT_ONCE = 8;

/** How often each version of reviews made a page, of `count` pages. Throws for a page that did not come whole. */
async function countReviews(
  { get }: Mesh,
  count: number,
  headers: Readonly<Record<string, string>> = {},
): Promise<ReadonlyMap<string, number>> {
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  const versions = new Map<string, number>();
  let left = count;
  const askOn = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const { status, body } = await get('/productpage', { headers, agent });
      if (status !== 200 || body.includes('role="alert"')) throw new Error(`status ${status}: ${body}`);
      const [, version = ''] = /data-service="reviews" data-version="([^"]*)"/.exec(body) ?? [];
      versions.set(version, (versions.get(version) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, askOn));
  agent.destroy();
  return versions;
}

describe('traffic', () => {
  it('brings the page through the gateway, with every part', async () => {
    const { status, headers, body } = await mesh().get('/productpage');
    expect(status).toBe(200);
    expect(headers['content-type']).toMatch(/text\/html/);
    for (const service of ['details', 'reviews']) expect(body).toContain(`data-service="${service}"`);
    expect(body).not.toContain('role="alert"');
  });

  it('answers 404 for what no route leads to', async () => {
    expect((await mesh().get('/nowhere')).status).toBe(404);
  });

  it('splits 90 to 10 over 1,000 pages', async () => {
    const pages = 1000;
    const versions = await countReviews(mesh(), pages);
    expect([...versions.keys()].sort()).toEqual(['v1', 'v2']);
    const deviation = Math.sqrt(pages * 0.1 * 0.9);
    expect(Math.abs((versions.get('v2') ?? 0) - pages * 0.1)).toBeLessThanOrEqual(4 * deviation);
  });

  it('routes one user to v2', async () => {
    expect(await countReviews(mesh(), 50, { 'end-user': 'tester' })).toEqual(new Map([['v2', 50]]));
    expect(await countReviews(mesh(), 50, { 'end-user': 'testers' })).not.toEqual(new Map([['v2', 50]]));
  });

  it('routes the user who signed in, whose name a cookie carries', async () => {
    const signedIn = await mesh().get('/login?user=tester');
    const cookie = signedIn.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
    expect(await countReviews(mesh(), 20, { cookie })).toEqual(new Map([['v2', 20]]));
  });
});
