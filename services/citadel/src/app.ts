import { randomBytes } from 'node:crypto';
import { createEventPublisher, createServiceBus } from '@quintet/bus';
import { parseSpiffeId, spiffeId } from '@quintet/model';
import {
  type App,
  type ConfigOf,
  createGrpcServer,
  createStaticIdentity,
  MeshError,
  type ServiceEnv,
} from '@quintet/runtime';
import type { Authenticator } from './authenticate/authenticator.ts';
import { clientCertificateAuthenticator } from './authenticate/client-certificate.ts';
import { type JwksFile, openJwksFile } from './authenticate/jwks-file.ts';
import { jwtAuthenticator } from './authenticate/jwt-authenticator.ts';
import type { Authority } from './authority/authority.ts';
import { openAuthority } from './authority/authority-keeper.ts';
import { authoritySource } from './authority/authority-source.ts';
import type { CONFIG } from './config.ts';
import { trustDebugPage } from './debug-page.ts';
import { type CitadelEvents, createCitadelEvents } from './events.ts';
import { createIssuing } from './issue/issue-certificate.ts';
import { createKeyedRateLimit } from './issue/keyed-rate-limit.ts';
import { type CitadelMetrics, METRICS } from './metrics.ts';
import { addServices } from './server.ts';
import { makeServerCertificate, serverDnsNames } from './server-certificate.ts';
import { createTrustState } from './trust/trust-state.ts';
import { createWatchers } from './trust/watchers.ts';
import { bundleOf, createUpkeep } from './upkeep.ts';

/** What citadel is made with. */
export type CitadelEnv = ServiceEnv<(typeof CONFIG)['options']>;
type Config = ConfigOf<typeof CONFIG>;

/** The largest request: a CSR of 24 KiB and what is around it. */
const MAX_REQUEST_BYTES = 64 * 1024;
const MAX_REMEMBERED_CALLERS = 100_000;
const serial = () => randomBytes(16);

/** Puts citadel together. Throws `MeshError` when the authority or the token keys cannot be used. */
export async function createApp(env: CitadelEnv): Promise<App> {
  const { config, clock, log, random } = env;
  const { now } = clock;
  const metrics = env.metrics.create(METRICS);
  const keeper = await openAuthority({ source: await authoritySource(config, { now, serial }), now, log });
  const names = {
    spiffeId: ownSpiffeId(config),
    dnsNames: serverDnsNames(config.grpcHostIdentities, config.namespace),
    ttlMs: config.serverCertTtl,
  };
  const first = await makeServerCertificate(keeper.current(), { ...names, now: now(), serial: serial() });
  const identity = createStaticIdentity({ certificates: first.texts, clock });
  const { trustDomain } = config;
  const trust = createTrustState(
    bundleOf(keeper.current(), first, { trustDomain, sequence: BigInt(now()), now: now() }),
  );
  const jwks = await openTokenKeys(env);
  const authenticators = authenticatorsOf(env, jwks);
  const bus = createServiceBus({ config, principal: 'citadel', identity, clock, log, metrics: env.metrics });
  const publisher = createEventPublisher({ bus, service: 'citadel', instance: env.instance, clock });
  const events = createCitadelEvents({ publisher, bus, log });
  const upkeep = createUpkeep({
    ...{ keeper, identity, first, names, trust, trustDomain, serial, clock, random, log, events, metrics },
    checkIntervalMs: config.rootCheckInterval,
    jitter: config.rootCheckJitter,
    rootOutput: config.rootOutput,
  });
  const issue = issuingOf(env, {
    authority: keeper.current,
    ownId: names.spiffeId,
    authenticators,
    events,
    metrics,
  });
  const server = createGrpcServer({
    name: 'grpc',
    address: `${config.grpcAddress}:${config.grpcPort}`,
    credentials: identity.serverCredentials({ clientCertificate: 'optional' }),
    maxReceiveBytes: MAX_REQUEST_BYTES,
    log,
    clock,
  });
  const watchers = createWatchers(trust, metrics);
  addServices(server, { issue, authenticators, trust, watchers, log });
  const debugPages = [trustDebugPage({ authority: keeper.current, trust, watchers: watchers.all })];
  return { components: [...(jwks === undefined ? [] : [jwks]), bus, upkeep, identity, server], debugPages };
}

function issuingOf(
  { config, clock, log }: CitadelEnv,
  parts: {
    readonly authority: () => Authority;
    readonly ownId: string;
    readonly authenticators: readonly Authenticator[];
    readonly events: CitadelEvents;
    readonly metrics: CitadelMetrics;
  },
): ReturnType<typeof createIssuing> {
  const { authority, ownId, authenticators, events, metrics } = parts;
  if (config.workloadCertTtl > config.maxWorkloadCertTtl) {
    const message =
      '--workload-cert-ttl is longer than --max-workload-cert-ttl: every request would be refused';
    throw new MeshError('invalid_argument', message);
  }
  const limit = (perSecond: number) =>
    createKeyedRateLimit({ clock, perSecond, burst: 4 * perSecond, maxKeys: MAX_REMEMBERED_CALLERS });
  return createIssuing({
    ...{ authority, authenticators, serial, log, metrics, now: clock.now },
    reserved: new Set([ownId]),
    byIdentity: limit(config.ratePerIdentity),
    byAddress: limit(config.ratePerAddress),
    defaultTtlMs: config.workloadCertTtl,
    maxTtlMs: config.maxWorkloadCertTtl,
    onIssued: events.certificateIssued,
  });
}

function ownSpiffeId(config: Config): string {
  const id = spiffeId(config);
  if (parseSpiffeId(id) !== undefined) return id;
  throw new MeshError(
    'invalid_argument',
    `${id} is no SPIFFE id: look at --trust-domain and --citadel-storage-namespace`,
  );
}

async function openTokenKeys({ config, clock, log }: CitadelEnv): Promise<JwksFile | undefined> {
  const { jwtIssuer, jwksFile } = config;
  if (jwtIssuer === undefined && jwksFile === undefined) return undefined;
  if (jwtIssuer === undefined || jwksFile === undefined) {
    throw new MeshError('invalid_argument', '--jwt-issuer and --jwks-file go together');
  }
  return await openJwksFile({ path: jwksFile, clock, log });
}

/** Who can be recognised, in the order in which they are asked. */
function authenticatorsOf({ config, clock }: CitadelEnv, jwks: JwksFile | undefined): Authenticator[] {
  const { trustDomain, jwtIssuer: issuer } = config;
  const certificate = clientCertificateAuthenticator({ trustDomain });
  if (jwks === undefined || issuer === undefined) return [certificate];
  return [certificate, jwtAuthenticator({ issuer, trustDomain, keys: jwks.keys, now: clock.now })];
}
