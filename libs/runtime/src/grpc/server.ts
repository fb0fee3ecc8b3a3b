import { chmod } from 'node:fs/promises';
import type { DescService } from '@bufbuild/protobuf';
import { logVerbosity, Server, ServerCredentials, setLogVerbosity, status } from '@grpc/grpc-js';
import { type Clock, systemClock } from '../clock/clock.ts';
import { errorText, MeshError } from '../errors/mesh-error.ts';
import type { Log } from '../log/log.ts';
import type { Component } from '../service/component.ts';
import { addService, type ServiceOptions, type ServingOptions } from './add-service.ts';
import { grpcTarget } from './address.ts';
import { createCallEnds } from './call-ends.ts';
import type { ServiceImpl } from './service-types.ts';
import { clearStaleSocket } from './unix-socket.ts';

export type GrpcServerOptions = {
  /** Name of the component, e.g. `xds`. */
  readonly name: string;
  /** `tcp://host:port`, `host:port` or `unix:///path`; port 0 takes a free one. */
  readonly address: string;
  readonly log: Log;
  /** Plaintext unless given: see `ServiceIdentity.serverCredentials`. */
  readonly credentials?: ServerCredentials;
  readonly clock?: Clock;
  /** Largest request, bytes; 4 MiB unless given. */
  readonly maxReceiveBytes?: number;
  /** Streams of one connection; 1024 unless given. */
  readonly maxConcurrentStreams?: number;
  /** How long a reader may take nothing before its stream ends, milliseconds; 30 s unless given. */
  readonly slowReaderMs?: number;
  readonly onCall?: ServingOptions['onCall'];
  /** Who may connect to a Unix socket, as a file mode; its owner alone unless given. */
  readonly socketMode?: number;
};

/** A gRPC port. Services are added before it starts. */
export type GrpcServer = Component & {
  add<S extends DescService>(service: S, impl: ServiceImpl<S>, options?: ServiceOptions): void;
  /** The port in use, after the start; 0 for a Unix socket. */
  port(): number;
};

/** A gRPC server as a component: at its stop streams end, sessions get GOAWAY, unary calls are answered. */
export function createGrpcServer(options: GrpcServerOptions): GrpcServer {
  const { name, log, clock = systemClock, slowReaderMs = 30_000 } = options;
  // What grpc-js would write to standard error is also in the errors that it hands out.
  setLogVerbosity(logVerbosity.NONE);
  const shutdown = new AbortController();
  const ends = createCallEnds();
  const server = new Server({
    'grpc.max_receive_message_length': options.maxReceiveBytes ?? 4 * 1024 * 1024,
    'grpc.max_send_message_length': -1,
    'grpc.max_concurrent_streams': options.maxConcurrentStreams ?? 1024,
    // Finds peers that vanished without a word; also keeps middle boxes from forgetting quiet streams.
    'grpc.keepalive_time_ms': 30_000,
    'grpc.keepalive_timeout_ms': 20_000,
    interceptors: [ends.interceptor],
  });
  const serving: ServingOptions = {
    log,
    clock,
    slowReaderMs,
    ends,
    shutdown: shutdown.signal,
    ...(options.onCall === undefined ? {} : { onCall: options.onCall }),
  };
  let bound = 0;
  return {
    name,
    add: (service, impl, serviceOptions = {}) =>
      addService(server, service, impl, { ...serving, ...serviceOptions }),
    port: () => bound,
    async start() {
      const target = grpcTarget(options.address);
      const socket = target.startsWith('unix:') ? target.slice('unix:'.length) : undefined;
      if (socket !== undefined) await clearStaleSocket(socket);
      bound = await bind(server, target, options.credentials ?? ServerCredentials.createInsecure());
      if (socket !== undefined) await chmod(socket, options.socketMode ?? 0o600);
      log.info({ address: options.address, port: bound }, 'listening');
    },
    stop(signal) {
      shutdown.abort();
      return stopServer(server, signal);
    },
  };
}

function bind(server: Server, target: string, credentials: ServerCredentials): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(target, credentials, (error, port) => {
      if (error === null) resolve(port);
      else
        reject(
          new MeshError('unavailable', `cannot listen on ${target}: ${bindReason(error)}`, { cause: error }),
        );
    });
  });
}

function bindReason(error: Error): string {
  const text = errorText(error);
  if (text.includes('EADDRINUSE')) return 'the port is in use';
  if (text.includes('EACCES')) return 'not permitted';
  return text.includes('EADDRNOTAVAIL') ? 'this machine does not have that address' : text;
}

function stopServer(server: Server, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const force = () => {
      server.forceShutdown();
      resolve();
    };
    if (signal.aborted) return force();
    signal.addEventListener('abort', force, { once: true });
    server.tryShutdown(() => {
      signal.removeEventListener('abort', force);
      resolve();
    });
  });
}

/** gRPC's status codes by number, for those who look at `onCall`. */
export const grpcStatus = status;
