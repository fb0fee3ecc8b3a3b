import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Metadata } from '@grpc/grpc-js';
import { createCsr, generateKeyPair, parseCertificates } from '@quintet/pki';
import { AccessLogService } from '@quintet/proto/envoy/service/accesslog/v3/als_pb.js';
import { AggregatedDiscoveryService } from '@quintet/proto/envoy/service/discovery/v3/ads_pb.js';
import { SecretDiscoveryService } from '@quintet/proto/envoy/service/secret/v3/sds_pb.js';
import { ResourceSource } from '@quintet/proto/istio/mcp/v1alpha1/mcp_pb.js';
import { IstioCertificateService } from '@quintet/proto/istio/v1/auth/certificate_pb.js';
import { type Channel, createChannel, createClient, createQueue, MeshError } from '@quintet/runtime';
import { createTestCa } from '@quintet/testkit';
import { CLUSTER_TYPE, SECRET_TYPE } from '@quintet/xds';
import { describe, expect, it } from 'vitest';
import { type Caller, certificateFor, channelTo, outcomeOf, tokenOf } from './harness/callers.ts';
import { foreignToken } from './harness/foreign-token.ts';
import { httpCall } from './harness/http-call.ts';
import { useMesh } from './harness/use-mesh.ts';

const PILOT_ID = 'spiffe://cluster.local/ns/istio-system/sa/istio-pilot-service-account';
const DETAILS_ID = 'spiffe://cluster.local/ns/default/sa/bookinfo-details';
const GATEWAY_NODE = 'router~127.0.0.1~istio-ingressgateway.istio-system~istio-system.svc.cluster.local';

const mesh = useMesh();

/** Who calls: nobody, somebody of another authority with the right name, and members of the mesh. */
const CALLERS: Readonly<Record<string, () => Promise<Caller>>> = {
  'without a certificate': async () => undefined,
  'with a foreign certificate for pilot': async () => (await createTestCa()).issue({ spiffeId: PILOT_ID }),
  'with a foreign certificate for details': async () =>
    (await createTestCa()).issue({ spiffeId: DETAILS_ID }),
  'as details': () => certificateFor(mesh(), tokenOf(mesh(), 'workloads/details-v1.default')),
  'as pilot': () => certificateFor(mesh(), tokenOf(mesh(), 'services/pilot')),
};

/** One call to each port that asks for a certificate. */
const PORTS: Readonly<Record<string, { address(): string; call(channel: Channel): Promise<unknown> }>> = {
  'galley 9901': {
    address: () => `${mesh().state.addresses.galley}:9901`,
    call: (channel) =>
      ask({ sinkNode: { id: 'test' }, collection: 'istio/networking/v1alpha3/gateways' }, (requests) =>
        createClient(ResourceSource, channel).establishResourceStream(requests),
      ),
  },
  'pilot 15011, about the sidecar of details': {
    address: () => `${mesh().state.addresses.pilot}:15011`,
    call: (channel) => discover(channel, 'sidecar~127.0.0.1~details-v1.default~default.svc.cluster.local'),
  },
  'pilot 15011, about the gateway': {
    address: () => `${mesh().state.addresses.pilot}:15011`,
    call: (channel) => discover(channel, GATEWAY_NODE),
  },
  'mixer 9091, reports of details': {
    address: () => `${mesh().state.addresses.mixer}:9091`,
    call: (channel) => report(channel, 'sidecar~127.0.0.1~details-v1.default~default.svc.cluster.local'),
  },
  'mixer 9091, reports of the gateway': {
    address: () => `${mesh().state.addresses.mixer}:9091`,
    call: (channel) => report(channel, GATEWAY_NODE),
  },
};

describe('a port that asks for a certificate', () => {
  it.each([
    ['galley 9901', 'without a certificate', 'unavailable'],
    ['galley 9901', 'with a foreign certificate for pilot', 'unavailable'],
    ['galley 9901', 'as details', 'permission_denied'],
    ['galley 9901', 'as pilot', 'accepted'],
    ['pilot 15011, about the sidecar of details', 'without a certificate', 'unavailable'],
    ['pilot 15011, about the sidecar of details', 'with a foreign certificate for details', 'unavailable'],
    ['pilot 15011, about the gateway', 'as details', 'permission_denied'],
    ['pilot 15011, about the sidecar of details', 'as details', 'accepted'],
    ['mixer 9091, reports of details', 'without a certificate', 'unavailable'],
    ['mixer 9091, reports of details', 'with a foreign certificate for details', 'unavailable'],
    ['mixer 9091, reports of the gateway', 'as details', 'permission_denied'],
    ['mixer 9091, reports of details', 'as details', 'accepted'],
  ])('%s, called %s: %s', async (port, who, outcome) => {
    const probe = PORTS[port];
    const caller = await CALLERS[who]?.();
    const channel = channelTo(mesh(), probe?.address() ?? '', caller);
    try {
      expect(await outcomeOf(async () => probe?.call(channel))).toBe(outcome);
    } finally {
      channel.close();
    }
  });
});

describe('citadel 8060', () => {
  const sign = async (caller: Caller, token?: string): Promise<string[]> => {
    const channel = channelTo(mesh(), `${mesh().state.addresses.citadel}:8060`, caller);
    const metadata = new Metadata();
    if (token !== undefined) metadata.set('authorization', `Bearer ${token}`);
    const csr = createCsr({ keyPair: await generateKeyPair({ type: 'ec' }), uris: [PILOT_ID] });
    try {
      const answer = await createClient(IstioCertificateService, channel).createCertificate(
        { csr },
        { metadata },
      );
      return parseCertificates(answer.certChain.join('\n'))[0]?.uris.slice() ?? [];
    } finally {
      channel.close();
    }
  };

  it.each<[string, () => Promise<string[]>, string]>([
    ['neither token nor certificate', () => sign(undefined), 'unauthenticated'],
    [
      'a token of another issuer',
      () => sign(undefined, foreignToken('default', 'bookinfo-details')),
      'unauthenticated',
    ],
    [
      'a foreign certificate',
      async () => sign(await (await createTestCa()).issue({ spiffeId: DETAILS_ID })),
      'unauthenticated',
    ],
  ])('refuses %s', async (_, call, outcome) => expect(await outcomeOf(call)).toBe(outcome));

  it.each<[string, () => Promise<string[]>]>([
    ['a token', () => sign(undefined, tokenOf(mesh(), 'workloads/details-v1.default'))],
    ['a certificate', async () => sign(await CALLERS['as details']?.())],
  ])('gives the holder of %s its own identity, whatever the request names', async (_, call) => {
    expect(await call()).toEqual([DETAILS_ID]);
  });
});

describe('the socket of the node agent', () => {
  const socket = () => join(mesh().state.folder, 'nodeagent/sds.sock');
  const fetchSecret = (token?: string) => async () => {
    const channel = createChannel({ address: `unix://${socket()}` });
    const metadata = new Metadata();
    if (token !== undefined) metadata.set('authorization', `Bearer ${token}`);
    const request = { node: { id: 'test' }, typeUrl: SECRET_TYPE, resourceNames: ['default'] };
    try {
      await ask(request, (requests) =>
        createClient(SecretDiscoveryService, channel).streamSecrets(requests, { metadata }),
      );
    } finally {
      channel.close();
    }
  };

  it('answers the holder of a token and nobody else', async () => {
    expect(await outcomeOf(fetchSecret())).toBe('unauthenticated');
    expect(await outcomeOf(fetchSecret(foreignToken('default', 'bookinfo-details')))).toBe('unauthenticated');
    expect(await outcomeOf(fetchSecret(tokenOf(mesh(), 'workloads/details-v1.default')))).toBe('accepted');
  });

  it('and those of the Envoys are open to their owner alone', async () => {
    const sockets = [socket(), ...mesh().state.workloads.map(({ adminSocket }) => adminSocket)];
    for (const path of sockets) {
      const modes = [await stat(path), await stat(dirname(path))].map(({ mode }) => mode & 0o077);
      expect([path, ...modes]).toEqual([path, 0, 0]);
    }
  });
});

describe('HTTP ports', () => {
  const SERVICES = ['citadel', 'galley', 'pilot', 'mixer', 'injector', 'nodeagent'];
  const adminOf = (service: string, path: string): string =>
    `http://${mesh().state.addresses[service]}:15014${path}`;
  const statusOf = async (url: string, token?: string): Promise<number> => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    return (await httpCall({ url, headers })).status;
  };

  it.each(SERVICES)(
    '%s shows health, version and metrics to everybody, and pages with the token',
    async (service) => {
      for (const path of ['/livez', '/readyz', '/version', '/metrics']) {
        expect([path, await statusOf(adminOf(service, path))]).toEqual([path, 200]);
      }
      const headers = { authorization: `Bearer ${mesh().state.debugToken}` };
      const list = await httpCall({ url: adminOf(service, '/debug'), headers });
      const pages = [...list.body.matchAll(/\/debug\/[\w/-]+/g)].map(([path]) => path);
      for (const path of ['/debug', ...pages]) {
        const url = adminOf(service, path);
        expect([path, await statusOf(url), await statusOf(url, 'wrong')]).toEqual([path, 401, 401]);
        // Some pages want to be asked for something in particular: 400.
        expect([200, 400]).toContain(await statusOf(url, mesh().state.debugToken));
      }
      expect(await statusOf(adminOf(service, '/'))).toBe(404);
    },
  );

  it('pilot shows the pages of 8080 to who has the token', async () => {
    const url = `http://${mesh().state.addresses.pilot}:8080/debug/adsz`;
    expect([await statusOf(url), await statusOf(url, 'wrong')]).toEqual([401, 401]);
    expect(await statusOf(url, mesh().state.debugToken)).toBe(200);
  });

  it('mixer shows metrics on 42422 and nothing else', async () => {
    const at = (path: string): string => `http://${mesh().state.addresses.mixer}:42422${path}`;
    expect(await statusOf(at('/metrics'))).toBe(200);
    for (const path of ['/', '/debug/configz', '/readyz']) expect(await statusOf(at(path))).toBe(404);
  });
});

/** Sends one request on a stream and waits for one answer. */
async function ask<Q, A>(request: Q, open: (requests: AsyncIterable<Q>) => AsyncIterable<A>): Promise<A> {
  const requests = createQueue<Q>();
  requests.push(request);
  try {
    for await (const answer of open(requests)) return answer;
  } finally {
    requests.end();
  }
  throw new MeshError('unavailable', 'the stream ended without an answer');
}

function discover(channel: Channel, id: string): Promise<unknown> {
  return ask({ node: { id }, typeUrl: CLUSTER_TYPE }, (requests) =>
    createClient(AggregatedDiscoveryService, channel).streamAggregatedResources(requests),
  );
}

/** A whole stream of access logs with one message. */
function report(channel: Channel, id: string): Promise<unknown> {
  const messages = createQueue<{ identifier: { node: { id: string }; logName: string } }>();
  messages.push({ identifier: { node: { id }, logName: 'http_mixer' } });
  messages.end();
  return createClient(AccessLogService, channel).streamAccessLogs(messages);
}
