import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Metadata } from '@grpc/grpc-js';
import { AggregatedDiscoveryService } from '@quintet/proto/envoy/service/discovery/v3/ads_pb.js';
import { SecretDiscoveryService } from '@quintet/proto/envoy/service/secret/v3/sds_pb.js';
import {
  createChannel,
  createClient,
  createQueue,
  createServiceIdentity,
  errorText,
  silentLog,
  systemClock,
} from '@quintet/runtime';
import { eventually } from '@quintet/testkit';
import { CLUSTER_TYPE, SECRET_TYPE } from '@quintet/xds';
import type { Mesh } from './mesh.ts';

/** A stream of a client that is not Envoy. */
export type OpenStream = {
  /** How it ended, in the words of the status: `the server is shutting down: 14 UNAVAILABLE: …`. */
  readonly ended: Promise<string>;
  close(): void;
};

type Request = { node: { id: string }; typeUrl: string; resourceNames: string[] };

/** Asks pilot for the clusters of a workload, as that workload; resolves when the first answer is there. */
export async function streamFromPilot(mesh: Mesh, workload: string): Promise<OpenStream> {
  const { state } = mesh;
  const { nodeId, namespace } = mesh.workload(workload);
  const identity = createServiceIdentity({
    config: {
      certDir: undefined,
      tokenFile: tokenFile(mesh, `${workload}.${namespace}`),
      rootCertFile: join(state.folder, 'root-cert.pem'),
      citadelAddress: `${state.addresses.citadel}:8060`,
      citadelIdentity: ['spiffe://cluster.local/ns/istio-system/sa/istio-citadel-service-account'],
      certLifetime: 0,
    },
    clock: systemClock,
    random: Math.random,
    log: silentLog,
  });
  await identity.start?.();
  await eventually(() => identity.current() !== undefined, { timeoutMs: 10_000 });
  const peers = ['spiffe://cluster.local/ns/istio-system/sa/istio-pilot-service-account'];
  const channel = createChannel({
    address: `${state.addresses.pilot}:15011`,
    credentials: identity.channelCredentials({ peers }),
  });
  const requests = createQueue<Request>();
  requests.push({ node: { id: nodeId }, typeUrl: CLUSTER_TYPE, resourceNames: [] });
  const responses = createClient(AggregatedDiscoveryService, channel).streamAggregatedResources(requests);
  return follow(responses, () => {
    requests.end();
    channel.close();
    void identity.stop?.(AbortSignal.timeout(1000));
  });
}

/** Asks the node agent for the certificate of a workload, with that workload's token. */
export async function streamFromNodeAgent(mesh: Mesh, workload: string): Promise<OpenStream> {
  const { nodeId, namespace } = mesh.workload(workload);
  const token = await readFile(tokenFile(mesh, `${workload}.${namespace}`), 'utf8');
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${token.trim()}`);
  const channel = createChannel({ address: `unix://${mesh.state.folder}/nodeagent/sds.sock` });
  const requests = createQueue<Request>();
  requests.push({ node: { id: nodeId }, typeUrl: SECRET_TYPE, resourceNames: ['default'] });
  const responses = createClient(SecretDiscoveryService, channel).streamSecrets(requests, { metadata });
  return follow(responses, () => {
    requests.end();
    channel.close();
  });
}

function tokenFile({ state }: Mesh, id: string): string {
  return join(state.folder, 'tokens', 'workloads', id, 'token');
}

async function follow(responses: AsyncIterable<unknown>, close: () => void): Promise<OpenStream> {
  const iterator = responses[Symbol.asyncIterator]();
  const first = await iterator.next();
  if (first.done === true) throw new Error('the stream ended before the first answer');
  const untilEnd = async (): Promise<string> => {
    try {
      while ((await iterator.next()).done !== true);
      return 'OK';
    } catch (error) {
      return errorText(error);
    }
  };
  return { ended: untilEnd().finally(close), close };
}
