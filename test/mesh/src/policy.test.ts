import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ECHO_MESH } from './apps/echo-mesh.ts';
import { SAMPLES } from './harness/checkout.ts';
import { tcpCall } from './harness/tcp-call.ts';
import { useMesh } from './harness/use-mesh.ts';

const mesh = useMesh(ECHO_MESH);

const DENY_OTHER = `
apiVersion: config.istio.io/v1alpha2
kind: handler
metadata: {name: closed, namespace: default}
spec:
  compiledAdapter: denier
  params:
    status: {code: 7, message: other is closed}
---
apiVersion: config.istio.io/v1alpha2
kind: instance
metadata: {name: nothing, namespace: default}
spec: {compiledTemplate: checknothing}
---
apiVersion: config.istio.io/v1alpha2
kind: rule
metadata: {name: closed, namespace: default}
spec:
  match: destination.service.host == "other.default.svc.cluster.local" && (request.headers["x-key"] | "none") != "open"
  actions:
  - handler: closed
    instances: [nothing]
`;

const quota = (amount: number): string => `
apiVersion: config.istio.io/v1alpha2
kind: handler
metadata: {name: counter, namespace: istio-system}
spec:
  compiledAdapter: memquota
  params:
    quotas:
    - name: calls.instance.istio-system
      maxAmount: ${amount}
      validDuration: 600s
---
apiVersion: config.istio.io/v1alpha2
kind: instance
metadata: {name: calls, namespace: istio-system}
spec:
  compiledTemplate: quota
  params:
    dimensions: {source: source.workload.name | "unknown"}
---
apiVersion: config.istio.io/v1alpha2
kind: rule
metadata: {name: calls, namespace: istio-system}
spec:
  actions:
  - handler: counter
    instances: [calls]
---
apiVersion: config.istio.io/v1alpha2
kind: QuotaSpec
metadata: {name: calls, namespace: istio-system}
spec:
  rules:
  - quotas: [{charge: 1, quota: calls}]
---
apiVersion: config.istio.io/v1alpha2
kind: QuotaSpecBinding
metadata: {name: calls, namespace: istio-system}
spec:
  quotaSpecs: [{name: calls, namespace: istio-system}]
  services: [{name: echo, namespace: default}]
`;

const authorization = (rules: string): Readonly<Record<string, string>> => ({
  'access.yaml': `
apiVersion: security.istio.io/v1beta1
kind: AuthorizationPolicy
metadata: {name: echo, namespace: default}
spec:
  selector: {matchLabels: {app: echo}}
${rules}`,
});

function ask(from: string, host: string, path = '/', headers: Readonly<Record<string, string>> = {}) {
  return mesh().call({ from, host, path, headers });
}

function askTcp(from: string) {
  const host = mesh().workload(from).outboundAddress;
  return tcpCall({ host, port: 9000, send: 'hello\n', until: 'hello\n' });
}

const OPEN = { text: 'echo-v1\nhello\n', ended: false };
/** Envoy decides when the caller's first bytes are there: what the service says before that may have come through. */
const CLOSED = { text: expect.not.stringContaining('hello'), ended: true };

describe('a mixer rule', () => {
  it('denies with its message and code, what it matches and nothing else, until it is removed', async () => {
    expect((await ask('anna-v1', 'other:8000')).status).toBe(200);
    await mesh().withFiles({ 'closed.yaml': DENY_OTHER }, async () => {
      const denied = await ask('anna-v1', 'other:8000');
      expect(denied.status).toBe(403);
      expect(denied.body).toBe('PERMISSION_DENIED:closed.default:other is closed');
      expect((await ask('anna-v1', 'other:8000', '/', { 'x-key': 'open' })).status).toBe(200);
      expect((await ask('anna-v1', 'echo:8000')).status).toBe(200);
    });
    expect((await ask('anna-v1', 'other:8000')).status).toBe(200);
  });

  it.each([
    ['5, not found', 5, 404, 'NOT_FOUND'],
    ['14, unavailable', 14, 503, 'UNAVAILABLE'],
    ['16, unauthenticated', 16, 401, 'UNAUTHENTICATED'],
  ])('answers the HTTP status of its code %s', async (_, code, status, word) => {
    const rule = DENY_OTHER.replace('code: 7', `code: ${code}`);
    await mesh().withFiles({ 'closed.yaml': rule }, async () => {
      const denied = await ask('anna-v1', 'other:8000');
      expect(denied.status).toBe(status);
      expect(denied.body).toBe(`${word}:closed.default:other is closed`);
    });
  });

  it('tells callers apart by who they are', async () => {
    const rule = DENY_OTHER.replace(
      '(request.headers["x-key"] | "none") != "open"',
      'source.principal == "cluster.local/ns/default/sa/boris"',
    );
    await mesh().withFiles({ 'closed.yaml': rule }, async () => {
      expect((await ask('anna-v1', 'other:8000')).status).toBe(200);
      expect((await ask('boris-v1', 'other:8000')).status).toBe(403);
    });
  });
});

describe('a quota', () => {
  it('answers 429 after its amount, to each caller by itself, until it is removed', async () => {
    await mesh().withFiles({ 'quota.yaml': quota(5) }, async () => {
      const statuses: number[] = [];
      for (let index = 0; index < 7; index += 1) statuses.push((await ask('anna-v1', 'echo:8000')).status);
      expect(statuses).toEqual([200, 200, 200, 200, 200, 429, 429]);
      const refused = await ask('anna-v1', 'echo:8000');
      expect(refused.body).toMatch(/^RESOURCE_EXHAUSTED:/);
      expect((await ask('boris-v1', 'echo:8000')).status).toBe(200);
      expect((await ask('anna-v1', 'other:8000')).status).toBe(200);
    });
    expect((await ask('anna-v1', 'echo:8000')).status).toBe(200);
  });
});

describe('an AuthorizationPolicy', () => {
  const anna = `  rules:
  - from: [{source: {principals: [cluster.local/ns/default/sa/anna]}}]
`;

  it('lets in the one service account it names, over HTTP and over TCP', async () => {
    await mesh().withFiles(authorization(anna), async () => {
      expect((await ask('anna-v1', 'echo:8000')).status).toBe(200);
      expect(await ask('boris-v1', 'echo:8000')).toMatchObject({ status: 403, body: 'RBAC: access denied' });
      expect(await askTcp('anna-v1')).toEqual(OPEN);
      expect(await askTcp('boris-v1')).toEqual(CLOSED);
      expect((await mesh().get('/')).status).toBe(403);
    });
    expect((await ask('boris-v1', 'echo:8000')).status).toBe(200);
    expect(await askTcp('boris-v1')).toEqual(OPEN);
  });

  it('is about the workloads it selects only', async () => {
    await mesh().withFiles(authorization(anna), async () => {
      expect((await ask('boris-v1', 'other:8000')).status).toBe(200);
    });
  });

  it('restricts by path and method', async () => {
    const rules = `  rules:
  - to: [{operation: {methods: [GET], paths: [/public/*]}}]
  - from: [{source: {principals: [cluster.local/ns/default/sa/anna]}}]
    to: [{operation: {paths: [/private]}}]
`;
    await mesh().withFiles(authorization(rules), async () => {
      expect((await ask('boris-v1', 'echo:8000', '/public/page')).status).toBe(200);
      expect((await ask('boris-v1', 'echo:8000', '/private')).status).toBe(403);
      expect((await ask('anna-v1', 'echo:8000', '/private')).status).toBe(200);
      expect((await ask('anna-v1', 'echo:8000', '/')).status).toBe(403);
      const posted = await mesh().call({
        from: 'boris-v1',
        host: 'echo:8000',
        path: '/public/page',
        method: 'POST',
      });
      expect(posted.status).toBe(403);
    });
  });

  it('never opens a TCP port by a rule that speaks of HTTP', async () => {
    const rules = `  rules:
  - to: [{operation: {methods: [GET]}}]
`;
    await mesh().withFiles(authorization(rules), async () => {
      expect((await ask('anna-v1', 'echo:8000')).status).toBe(200);
      expect(await askTcp('anna-v1')).toEqual(CLOSED);
    });
  });

  it('lets in nobody when it has no rules', async () => {
    await mesh().withFiles(authorization(''), async () => {
      expect((await ask('anna-v1', 'echo:8000')).status).toBe(403);
      expect(await askTcp('anna-v1')).toEqual(CLOSED);
    });
  });
});

describe('the samples of deploy/samples/policy', () => {
  it.each(['deny.yaml', 'whitelist.yaml', 'quota.yaml', 'access-log.yaml'])(
    '%s is taken without a word',
    async (file) => {
      const content = readFileSync(join(SAMPLES, 'policy', file), 'utf8');
      const verdict = await mesh().write(file, content);
      await mesh().remove(file);
      expect(verdict.issues).toEqual([]);
      for (const object of verdict.objects) expect(object).toMatchObject({ state: 'applied', issues: [] });
    },
  );
});
