import { parseIp } from '@quintet/model';
import { AggregatedDiscoveryService } from '@quintet/proto/envoy/service/discovery/v3/ads_pb.js';
import {
  type AllowList,
  type Clock,
  createGrpcServer,
  type GrpcServer,
  hostPort,
  type Log,
  MeshError,
  type ServiceIdentity,
} from '@quintet/runtime';
import type { Discovery } from '@quintet/xds';

/** Requests hold names only; ten thousand long ones are far below it. */
const MAX_REQUEST_BYTES = 4 * 1024 * 1024;

export type XdsServerOptions = {
  readonly name: string;
  readonly address: string;
  readonly discovery: Discovery;
  /** Client certificates are required and their identities checked; absent on the plaintext port. */
  readonly secure?: { readonly identity: ServiceIdentity; readonly allow: AllowList };
  readonly slowReaderMs: number;
  readonly maxStreams: number;
  readonly log: Log;
  readonly clock: Clock;
};

/** A port that speaks xDS. Throws `invalid_argument` for plaintext on an address that others can reach. */
export function createXdsServer(options: XdsServerOptions): GrpcServer {
  const { name, address, discovery, secure, slowReaderMs, maxStreams, log, clock } = options;
  if (secure === undefined && !isLoopback(address)) {
    throw new MeshError(
      'invalid_argument',
      `plaintext xDS is for loopback addresses only, found --grpcAddr ${address}`,
    );
  }
  const server = createGrpcServer({
    name,
    address: address.startsWith(':') ? `0.0.0.0${address}` : address,
    maxReceiveBytes: MAX_REQUEST_BYTES,
    maxConcurrentStreams: maxStreams,
    slowReaderMs,
    log,
    clock,
    ...(secure && { credentials: secure.identity.serverCredentials({ clientCertificate: 'required' }) }),
  });
  server.add(AggregatedDiscoveryService, discovery.aggregated, secure && { allow: secure.allow });
  return server;
}

/** Whether only this machine can reach an address `host:port`. */
export function isLoopback(address: string): boolean {
  const { host } = hostPort(address);
  if (host === 'localhost' || host === '::1') return true;
  const ip = parseIp(host);
  return ip?.length === 4 && ip[0] === 127;
}
