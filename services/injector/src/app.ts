import { readFile } from 'node:fs/promises';
import { createEventPublisher, createServiceBus } from '@quintet/bus';
import { parseIp } from '@quintet/model';
import {
  type App,
  type Component,
  certificateOfIdentity,
  createCertificateFiles,
  createHttpServer,
  createServiceIdentity,
  errorText,
  followCertificate,
  type HttpServer,
  hostPort,
  MeshError,
  type ServerCertificateSource,
  type ServiceEnv,
  type ServiceIdentity,
} from '@quintet/runtime';
import type { CONFIG } from './config.ts';
import { createInjectorEvents } from './events.ts';
import { createInjectionFiles } from './injection/injection-files.ts';
import { METRICS, type Metrics } from './metrics.ts';
import { addWebhook } from './server.ts';

/** What the injector is made with. */
export type InjectorEnv = ServiceEnv<(typeof CONFIG)['options']>;
/** A constructed injector; `server` knows its port once it is started. */
export type InjectorApp = App & { readonly server: HttpServer };

/** A review holds one object of Kubernetes, which the API server keeps below 3 MiB. */
const MAX_REVIEW_BYTES = 4 * 1024 * 1024;
const MAX_CONNECTIONS = 256;
const REQUEST_MS = 10_000;

/** Puts the injector together. Throws `MeshError` when the flags contradict each other. */
export async function createApp(env: InjectorEnv): Promise<InjectorApp> {
  const { config, clock, log } = env;
  if (config.insecure && !isLoopback(hostPort(addressOf(config)).host)) {
    const message = `--insecure is for loopback addresses only, found --address ${config.address}`;
    throw new MeshError('invalid_argument', message);
  }
  const metrics = env.metrics.create(METRICS);
  const identity = identityOf(env);
  const bus = createServiceBus({ ...env, principal: 'injector', ...(identity && { identity }) });
  const { instance } = env;
  const events = createInjectorEvents(createEventPublisher({ bus, service: 'injector', instance, clock }));
  const { injectConfig, injectValues, meshConfig } = config;
  const files = createInjectionFiles({
    files: {
      ...(injectConfig !== undefined && { config: injectConfig }),
      ...(injectValues !== undefined && { values: injectValues }),
      ...(meshConfig !== undefined && { mesh: meshConfig }),
    },
    clock,
    log: log.child({ component: 'configuration' }),
    onLoad(outcome) {
      metrics.configLoads.add(1, { result: outcome.result });
      metrics.configValid.set(outcome.result === 'applied' ? 1 : 0);
      events.loaded(outcome);
    },
  });
  metrics.configValid.set(1);
  const certificate = config.insecure ? undefined : certificateOf(env, identity);
  const server = await webhookServer(env, { certificate, metrics });
  addWebhook(server, {
    configuration: files.current,
    systemNamespace: config.namespace,
    requestsPerSecond: config.requestsPerSecond,
    events,
    metrics,
    clock,
    log,
  });
  const components = [identity, certificate?.component, bus, files, server];
  return { components: components.filter((one) => one !== undefined), server };
}

/** Who the injector is; without a certificate of its own for the webhook it must be somebody. */
function identityOf(env: InjectorEnv): ServiceIdentity | undefined {
  const { tlsCertFile, certDir, tokenFile, insecure } = env.config;
  const none = certDir === undefined && tokenFile === undefined;
  return none && (insecure || tlsCertFile !== undefined) ? undefined : createServiceIdentity(env);
}

type Certificate = { readonly source: ServerCertificateSource; readonly component?: Component };

function certificateOf(env: InjectorEnv, identity: ServiceIdentity | undefined): Certificate {
  const { tlsCertFile, tlsKeyFile } = env.config;
  if ((tlsCertFile === undefined) !== (tlsKeyFile === undefined))
    throw new MeshError('invalid_argument', '--tlsCertFile and --tlsKeyFile go together');
  if (tlsCertFile !== undefined && tlsKeyFile !== undefined) {
    const log = env.log.child({ component: 'certificate' });
    const component = createCertificateFiles({
      certFile: tlsCertFile,
      keyFile: tlsKeyFile,
      clock: env.clock,
      log,
    });
    return { source: component, component };
  }
  if (identity === undefined) throw new Error('neither a certificate nor an identity was asked for');
  return { source: certificateOfIdentity(identity) };
}

async function webhookServer(
  { config, log }: InjectorEnv,
  { certificate, metrics }: { readonly certificate: Certificate | undefined; readonly metrics: Metrics },
): Promise<HttpServer> {
  const common = {
    name: 'webhook',
    address: addressOf(config),
    log: log.child({ component: 'webhook' }),
    limits: { bodyBytes: MAX_REVIEW_BYTES, connections: MAX_CONNECTIONS, requestMs: REQUEST_MS },
  };
  if (certificate === undefined) return createHttpServer(common);
  const clientRoots =
    config.clientCaFile === undefined ? undefined : await readClientRoots(config.clientCaFile);
  const server = createHttpServer({
    ...common,
    tls: {
      minVersion: 'TLSv1.2',
      ...(clientRoots !== undefined && { requestCert: true, rejectUnauthorized: true }),
    },
  });
  return followCertificate(server, {
    source: certificate.source,
    clientRoots,
    onCertificate: ({ notAfter }) => metrics.certificateExpiry.set(notAfter / 1000),
  });
}

function addressOf({ address, port }: InjectorEnv['config']): string {
  if (port === undefined) return address;
  const withPort = /:\d+$/.test(address) ? address : `${address}:0`;
  const { host } = hostPort(withPort);
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

async function readClientRoots(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new MeshError('failed_precondition', `cannot read ${file}: ${errorText(cause)}`, { cause });
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || parseIp(host)?.[0] === 127;
}
