import { describe, expect, it } from 'vitest';
import { useMesh } from './harness/use-mesh.ts';

const mesh = useMesh();

describe('traffic', () => {
  it('brings the page through the gateway, with every part', async () => {
    const { status, headers, body } = await mesh().get('/productpage');
    expect(status).toBe(200);
    expect(headers['content-type']).toMatch(/text\/html/);
    for (const service of ['details', 'reviews']) expect(body).toContain(`data-service="${service}"`);
    expect(body).not.toContain('role="alert"');
  });
});
