import { ChannelCredentials } from '@grpc/grpc-js';
import { IstioCertificateService } from '@quintet/proto/istio/v1/auth/certificate_pb.js';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../clock/clock.ts';
import { createChannel, createClient } from '../grpc/client.ts';
import { createGrpcServer } from '../grpc/server.ts';
import { createCertificateSlot } from '../identity/certificate-holder.ts';
import { checkCertificates } from '../identity/certificates.ts';
import { createStaticIdentity, credentialsOf, type ServiceIdentity } from '../identity/service-identity.ts';
import { silentLog } from '../log/log.ts';
import { createTestCa, type TestCa } from '../testing/test-ca.ts';
import { type ClientCertificateMode, channelCredentials, serverCredentials } from './grpc-credentials.ts';

const SERVER = 'spiffe://cluster.local/ns/istio-system/sa/istio-pilot-service-account';
const CLIENT = 'spiffe://cluster.local/ns/default/sa/reviews';
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function identity(ca: TestCa, spiffeId: string, trust = ca) {
  const certificates = { ...(await ca.issue({ spiffeId })), rootPem: ca.rootPem };
  const made = createStaticIdentity({ certificates, clock: systemClock });
  if (trust === ca) return made;
  // Foreign on purpose: its own chain does not lead to the roots that it trusts.
  const slot = createCertificateSlot();
  slot.set({ ...checkCertificates(certificates, systemClock.now()), rootPem: trust.rootPem });
  return { ...made, ...credentialsOf(slot) };
}

/** A server that answers who it thinks the caller is. */
async function startServer(server: ServiceIdentity, clientCertificate: ClientCertificateMode) {
  const grpc = createGrpcServer({
    name: 'tls',
    address: '127.0.0.1:0',
    log: silentLog,
    credentials: server.serverCredentials({ clientCertificate }),
  });
  grpc.add(IstioCertificateService, {
    createCertificate: async (_, call) => ({ certChain: [call.identity?.spiffeId ?? 'nobody'] }),
  });
  await grpc.start?.();
  cleanups.push(() => grpc.stop?.(AbortSignal.abort()));
  return grpc.port();
}

async function whoAmI(port: number, credentials: ChannelCredentials): Promise<string | undefined> {
  const channel = createChannel({ address: `127.0.0.1:${port}`, credentials });
  cleanups.push(channel.close);
  const response = await createClient(IstioCertificateService, channel).createCertificate(
    {},
    { timeoutMs: 3000 },
  );
  return response.certChain[0];
}

describe('a server that asks for certificates', () => {
  it.each<[ClientCertificateMode, string, string]>([
    ['required', 'right', CLIENT],
    ['required', 'missing', 'refused'],
    ['required', 'foreign', 'refused'],
    ['optional', 'right', CLIENT],
    ['optional', 'missing', 'nobody'],
    ['optional', 'foreign', 'nobody'],
  ])('%s: a %s one gives %s', async (mode, which, expected) => {
    const [ca, other] = await Promise.all([createTestCa(), createTestCa()]);
    const port = await startServer(await identity(ca, SERVER), mode);
    const credentials: Record<string, () => Promise<ChannelCredentials>> = {
      right: async () => (await identity(ca, CLIENT)).channelCredentials({ peers: [SERVER] }),
      foreign: async () => (await identity(other, CLIENT, ca)).channelCredentials({ peers: [SERVER] }),
      missing: async () =>
        ChannelCredentials.createSsl(Buffer.from(ca.rootPem), null, null, {
          checkServerIdentity: () => undefined,
        }),
    };
    const answer = whoAmI(port, await (credentials[which]?.() ?? Promise.reject(new Error(which))));
    if (expected === 'refused') await expect(answer).rejects.toMatchObject({ code: 'unavailable' });
    else expect(await answer).toBe(expected);
  });
});

describe('a client', () => {
  it.each([
    [[SERVER], true],
    [['spiffe://cluster.local/ns/istio-system/sa/*'], true],
    [['spiffe://cluster.local/ns/istio-system/sa/other'], false],
    [[], false],
  ])('that expects %j is served: %s', async (peers, served) => {
    const ca = await createTestCa();
    const port = await startServer(await identity(ca, SERVER), 'required');
    const answer = whoAmI(port, (await identity(ca, CLIENT)).channelCredentials({ peers }));
    if (served) expect(await answer).toBe(CLIENT);
    else await expect(answer).rejects.toThrow(/expected/);
  });

  it('does not talk to a server with a foreign certificate', async () => {
    const [ca, other] = await Promise.all([createTestCa(), createTestCa()]);
    const port = await startServer(await identity(other, SERVER), 'optional');
    const answer = whoAmI(port, (await identity(ca, CLIENT)).channelCredentials({ peers: [SERVER] }));
    await expect(answer).rejects.toMatchObject({ code: 'unavailable' });
  });
});

describe('certificates that change', () => {
  it('are used for new connections at once, on both sides', async () => {
    const [first, second] = await Promise.all([createTestCa(), createTestCa()]);
    const server = await identity(first, SERVER);
    const client = await identity(first, CLIENT);
    const port = await startServer(server, 'required');
    const peers = [SERVER];
    expect(await whoAmI(port, client.channelCredentials({ peers }))).toBe(CLIENT);
    server.update(await second.issue({ spiffeId: SERVER }));
    await expect(whoAmI(port, client.channelCredentials({ peers }))).rejects.toThrow();
    const renamed = CLIENT.replace('reviews', 'ratings');
    client.update(await second.issue({ spiffeId: renamed }));
    expect(await whoAmI(port, client.channelCredentials({ peers }))).toBe(renamed);
  });

  it('are waited for: before the first one nobody is served, afterwards everybody', async () => {
    const ca = await createTestCa();
    const slot = createCertificateSlot();
    const empty = {
      ...(await identity(ca, SERVER)),
      serverCredentials: (o: { clientCertificate: ClientCertificateMode }) => serverCredentials(slot, o),
    };
    const port = await startServer(empty, 'required');
    const client = await identity(ca, CLIENT);
    await expect(whoAmI(port, client.channelCredentials({ peers: [SERVER] }))).rejects.toMatchObject({
      code: 'unavailable',
    });
    slot.set(checkCertificates(await ca.issue({ spiffeId: SERVER }), systemClock.now()));
    expect(await whoAmI(port, client.channelCredentials({ peers: [SERVER] }))).toBe(CLIENT);
  });

  it('are waited for by callers too', async () => {
    const ca = await createTestCa();
    const port = await startServer(await identity(ca, SERVER), 'required');
    const slot = createCertificateSlot();
    const answer = whoAmI(port, channelCredentials(slot, { peers: [SERVER] }));
    slot.set(checkCertificates(await ca.issue({ spiffeId: CLIENT }), systemClock.now()));
    expect(await answer).toBe(CLIENT);
  });
});
