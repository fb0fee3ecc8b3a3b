import { describe, expect, it } from 'vitest';
import { ECHO_MESH, readEcho } from './apps/echo-mesh.ts';
import { useMesh } from './harness/use-mesh.ts';

const mesh = useMesh(ECHO_MESH);

/**
 * Envoy counts whole milliseconds from the moment at which its loop last looked at the clock: its timers may end a little
 * before their time, by a tick of the coarsest clock at most.
 */
const EARLY_MS = 10;

/** A VirtualService for calls to `echo` inside the mesh. */
const forEcho = (http: string): Readonly<Record<string, string>> => ({
  'echo-routes.yaml': `
apiVersion: networking.istio.io/v1alpha3
kind: VirtualService
metadata: {name: echo, namespace: default}
spec:
  hosts: [echo]
  http:
${http}`,
});

function ask(path = '/', headers: Readonly<Record<string, string>> = {}) {
  return mesh().call({ from: 'anna-v1', host: 'echo:8000', path, headers });
}

async function timed<T>(work: () => Promise<T>): Promise<{ readonly answer: T; readonly ms: number }> {
  const start = performance.now();
  const answer = await work();
  return { answer, ms: performance.now() - start };
}

describe('faults', () => {
  it('delays the requests that match, and no others', async () => {
    const rules = forEcho(`
  - match: [{headers: {x-slow: {exact: 'yes'}}}]
    fault: {delay: {fixedDelay: 1.5s, percentage: {value: 100}}}
    route: [{destination: {host: echo}}]
  - route: [{destination: {host: echo}}]
`);
    await mesh().withFiles(rules, async () => {
      const slow = await timed(() => ask('/', { 'x-slow': 'yes' }));
      expect(slow.answer.status).toBe(200);
      expect(slow.ms).toBeGreaterThanOrEqual(1500 - EARLY_MS);
      const quick = await timed(() => ask());
      expect(quick.answer.status).toBe(200);
      expect(quick.ms).toBeLessThan(1500);
    });
  });

  it('aborts with the status that is asked for, without asking the service', async () => {
    const rules = forEcho(`
  - fault: {abort: {httpStatus: 418, percentage: {value: 100}}}
    route: [{destination: {host: echo}}]
`);
    await mesh().withFiles(rules, async () => {
      expect(await ask()).toMatchObject({ status: 418, body: 'fault filter abort' });
    });
    expect((await ask()).status).toBe(200);
  });

  it('aborts about as many as the percentage says', async () => {
    const rules = forEcho(`
  - fault: {abort: {httpStatus: 503, percentage: {value: 25}}}
    route: [{destination: {host: echo}}]
`);
    const sent = 400;
    await mesh().withFiles(rules, async () => {
      let aborted = 0;
      for (let index = 0; index < sent; index += 1) if ((await ask()).status === 503) aborted += 1;
      const deviation = Math.sqrt(sent * 0.25 * 0.75);
      expect(Math.abs(aborted - sent * 0.25)).toBeLessThan(4 * deviation);
    });
  });
});

describe('timeouts', () => {
  it('ends a request that takes longer with 504, and lets a quick one through', async () => {
    const rules = forEcho(`
  - timeout: 2s
    route: [{destination: {host: echo}}]
`);
    await mesh().withFiles(rules, async () => {
      const { answer, ms } = await timed(() => ask('/slow?ms=8000'));
      expect(answer).toMatchObject({ status: 504, body: 'upstream request timeout' });
      expect(ms).toBeGreaterThanOrEqual(2000 - EARLY_MS);
      expect(ms).toBeLessThan(8000);
      expect((await ask()).status).toBe(200);
    });
  });

  it('has none unless one is asked for', async () => {
    expect((await ask('/slow?ms=1200')).status).toBe(200);
  });
});

describe('retries', () => {
  it('tries a failing service again, as often as is asked for', async () => {
    const rules = forEcho(`
  - retries: {attempts: 3, perTryTimeout: 2s, retryOn: 5xx}
    route: [{destination: {host: echo}}]
`);
    await mesh().withFiles(rules, async () => {
      const { status, body } = await ask('/flaky?key=three&fail=3');
      expect(status).toBe(200);
      expect(readEcho(body).attempt).toBe(4);
      const beyond = await ask('/flaky?key=four&fail=9');
      expect(beyond.status).toBe(500);
      expect(readEcho(beyond.body).attempt).toBe(4);
    });
  });

  it('tries again what did not answer in time', async () => {
    const rules = forEcho(`
  - retries: {attempts: 2, perTryTimeout: 0.3s, retryOn: 'gateway-error'}
    route: [{destination: {host: echo}}]
`);
    await mesh().withFiles(rules, async () => {
      const { answer, ms } = await timed(() => ask('/slow?ms=8000'));
      expect(answer.status).toBe(504);
      expect(ms).toBeGreaterThanOrEqual(3 * 300 - EARLY_MS);
    });
  });

  it('tries twice again by default what the service refuses with 503, and not what failed with 500', async () => {
    const refused = await ask('/flaky?key=default-503&fail=2&status=503');
    expect(refused.status).toBe(200);
    expect(readEcho(refused.body).attempt).toBe(3);
    const failed = await ask('/flaky?key=default-500&fail=1&status=500');
    expect(failed.status).toBe(500);
    expect(readEcho(failed.body).attempt).toBe(1);
  });

  it('does not try again when that is turned off', async () => {
    const rules = forEcho(`
  - retries: {attempts: 0}
    route: [{destination: {host: echo}}]
`);
    await mesh().withFiles(rules, async () => {
      expect((await ask('/flaky?key=never&fail=1&status=503')).status).toBe(503);
    });
  });
});

describe('rewrites', () => {
  it('replaces the prefix and the authority', async () => {
    const rules = forEcho(`
  - match: [{uri: {prefix: /old}}]
    rewrite: {uri: /new, authority: elsewhere.example}
    route: [{destination: {host: echo}}]
  - route: [{destination: {host: echo}}]
`);
    await mesh().withFiles(rules, async () => {
      const rewritten = readEcho((await ask('/old/page?a=1')).body);
      expect(rewritten.path).toBe('/new/page?a=1');
      expect(rewritten.header('host')).toBe('elsewhere.example');
      expect(readEcho((await ask('/older')).body).path).toBe('/newer');
      expect(readEcho((await ask('/page')).body).path).toBe('/page');
    });
  });

  it('leads to another service', async () => {
    const rules = forEcho(`
  - match: [{uri: {exact: /there}}]
    route: [{destination: {host: other, port: {number: 8000}}}]
  - route: [{destination: {host: echo}}]
`);
    await mesh().withFiles(rules, async () => {
      expect(readEcho((await ask('/there')).body).workload).toBe('other-v1');
      expect(readEcho((await ask('/here')).body).workload).toBe('echo-v1');
    });
  });
});

describe('redirects', () => {
  it('answers with the new place', async () => {
    const rules = forEcho(`
  - match: [{uri: {exact: /moved}}]
    redirect: {uri: /there, authority: other.example}
  - match: [{uri: {exact: /for-now}}]
    redirect: {uri: /there, redirectCode: 307}
  - route: [{destination: {host: echo}}]
`);
    await mesh().withFiles(rules, async () => {
      const moved = await ask('/moved');
      expect(moved.status).toBe(301);
      expect(moved.headers.location).toBe('http://other.example/there');
      const forNow = await ask('/for-now');
      expect(forNow.status).toBe(307);
      expect(forNow.headers.location).toBe('http://echo:8000/there');
    });
  });

  it('does so at the gateway', async () => {
    const rules = `
apiVersion: networking.istio.io/v1alpha3
kind: VirtualService
metadata: {name: moved, namespace: default}
spec:
  hosts: [moved.example]
  gateways: [entrance]
  http:
  - redirect: {uri: /there}
`;
    await mesh().withFiles({ 'moved.yaml': rules }, async () => {
      const { status, headers } = await mesh().get('/here', { headers: { host: 'moved.example' } });
      expect(status).toBe(301);
      expect(headers.location).toBe('http://moved.example/there');
      expect((await mesh().get('/here')).status).toBe(200);
    });
  });
});

describe('headers', () => {
  it('adds, replaces and removes them on the way there and back', async () => {
    const rules = forEcho(`
  - headers:
      request: {set: {x-set: new}, add: {x-added: more}, remove: [x-gone]}
      response: {set: {x-answer: changed}, remove: [content-type]}
    route: [{destination: {host: echo}}]
`);
    await mesh().withFiles(rules, async () => {
      const { headers, body } = await ask('/', { 'x-set': 'old', 'x-gone': 'here' });
      const echo = readEcho(body);
      expect(echo.header('x-set')).toBe('new');
      expect(echo.header('x-added')).toBe('more');
      expect(echo.header('x-gone')).toBe('');
      expect(headers['x-answer']).toBe('changed');
      expect(headers['content-type']).toBeUndefined();
    });
  });
});
