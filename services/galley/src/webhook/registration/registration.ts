import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { JsonObject } from '@bufbuild/protobuf';
import {
  createReflector,
  type Discovery,
  isNotFound,
  type KubeClient,
  KubeError,
  type KubeObject,
  type Reflector,
} from '@quintet/kube';
import {
  type CertificateHolder,
  type Clock,
  type Component,
  createBackoff,
  errorText,
  type HealthResult,
  type Log,
  MeshError,
  type Random,
  watchDirectory,
} from '@quintet/runtime';
import type { GalleyMetrics } from '../../metrics.ts';
import { corrected, type Owner } from './compare.ts';
import {
  defaultRegistration,
  REGISTRATION,
  type Registration,
  type RegistrationNames,
  readRegistration,
  withRoots,
} from './desired.ts';
import { hasReadyEndpoint } from './ready-endpoint.ts';
import { followEndpoints } from './service-endpoints.ts';

export type RegistrationOptions = RegistrationNames & {
  readonly client: Pick<KubeClient, 'get' | 'list' | 'watch' | 'create' | 'update' | 'delete'>;
  readonly discovery: Discovery;
  /** `register` keeps the registration as it should be, `remove` keeps it away. */
  readonly mode: 'register' | 'remove';
  /** File with the registration; the built-in one unless given. */
  readonly configFile: string | undefined;
  /** File with the roots of the webhook's certificate; those of the identity unless given. */
  readonly caFile: string | undefined;
  readonly identity: CertificateHolder | undefined;
  /** ClusterRole that the registration goes away with. */
  readonly ownerRole: string;
  readonly metrics: GalleyMetrics;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
};

const CLUSTER_ROLES = {
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  plural: 'clusterroles',
  kind: 'ClusterRole',
  scope: 'cluster',
} as const;

/** What is to be registered, and what is. */
type Application = {
  readonly registration: Registration;
  readonly webhooks: readonly JsonObject[];
  readonly present: KubeObject | undefined;
};

/** How long a failed attempt, or a missing endpoint, is waited for. */
const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 30_000;

/**
 * Registers the webhook with the API server and keeps it registered: the registration, its file and the roots are
 * watched, and whatever differs is put right. A failure is tried again and never ends galley.
 */
export function createRegistration(options: RegistrationOptions): Component {
  const registrar = new Registrar(options);
  return {
    name: 'webhook registration',
    checks: [{ name: 'webhook-registration', check: () => registrar.health }],
    start: () => registrar.start(),
    stop: () => registrar.stop(),
  };
}

class Registrar {
  health: HealthResult = { state: 'degraded', detail: 'not registered yet' };
  readonly #options: RegistrationOptions;
  readonly #stop = new AbortController();
  readonly #reflector: Reflector;
  #endWatches: (() => void)[] = [];
  #changed = true;
  /** The first registration of this process, and every one made anew, waits for the Service. */
  #wasReachable = false;
  readonly #endpoints: Reflector;
  #waitsForService = false;
  #wake: (() => void) | undefined;
  #running: Promise<void> | undefined;

  constructor(options: RegistrationOptions) {
    this.#options = options;
    const { name, client, discovery, clock, random } = options;
    const { version, ...type } = REGISTRATION;
    this.#reflector = createReflector<KubeObject>({
      ...{ client, discovery, clock, random },
      type: { ...type, versions: [version] },
      selection: { fieldSelector: `metadata.name=${name}` },
      decode: (object) => object,
      onChange: () => this.#touch(),
    });
    this.#endpoints = followEndpoints({
      ...options,
      onChange: () => {
        if (this.#waitsForService) this.#touch();
      },
    });
  }

  async start(): Promise<void> {
    const { configFile, caFile, identity, clock } = this.#options;
    const files = [configFile, caFile].filter((file) => file !== undefined);
    this.#endWatches = [...new Set(files.map(dirname))].map((directory) =>
      watchDirectory({ directory, clock, onChange: () => this.#touch() }),
    );
    if (caFile === undefined && identity !== undefined)
      this.#endWatches.push(identity.onChange(() => this.#touch()));
    await this.#reflector.start();
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    this.#wake?.();
    for (const end of this.#endWatches) end();
    await Promise.all([this.#reflector.stop(), this.#endpoints.stop()]);
    await this.#running;
  }

  #touch(): void {
    this.#changed = true;
    this.#wake?.();
  }

  async #run(): Promise<void> {
    const { random, log } = this.#options;
    const { signal } = this.#stop;
    const backoff = createBackoff({ initialMs: FIRST_RETRY_MS, maxMs: LAST_RETRY_MS, random });
    while (!signal.aborted) {
      this.#changed = false;
      try {
        await this.#reconcile();
        this.health = { state: 'ok' };
        backoff.reset();
        await this.#change();
      } catch (error) {
        const detail = errorText(error);
        if (this.health.detail !== detail) log.warn({ err: error }, 'the webhook is not registered');
        this.health = { state: 'degraded', detail };
        await this.#changeOr(Math.max(FIRST_RETRY_MS, backoff.next()));
      }
    }
  }

  async #change(): Promise<void> {
    if (this.#changed || this.#stop.signal.aborted) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#wake = undefined;
  }

  /** Whatever changes may be what a failure was about: it is tried again at once. */
  async #changeOr(maxMs: number): Promise<void> {
    const timer = this.#options.clock.after(maxMs, () => this.#wake?.());
    await this.#change();
    timer.cancel();
  }

  async #reconcile(): Promise<void> {
    if (this.#options.mode === 'remove') return this.#remove();
    const registration = await this.#load();
    const caPem = await this.#roots();
    const present = await this.#present();
    if (registration.usesService && !(this.#wasReachable && present !== undefined)) await this.#reachable();
    await this.#apply({ registration, webhooks: withRoots(registration, caPem), present });
  }

  /** A registration that leads nowhere would refuse every write: a new one waits for somebody who answers. */
  async #reachable(): Promise<void> {
    const { namespace, serviceName, client } = this.#options;
    // Followed before it is asked: what comes after the answer is told.
    this.#waitsForService = true;
    await this.#endpoints.start();
    this.#wasReachable = await hasReadyEndpoint(client, { namespace, serviceName });
    this.#waitsForService = !this.#wasReachable;
    if (this.#wasReachable) return;
    throw new MeshError('unavailable', `Service ${namespace}/${serviceName} has no address that is ready`);
  }

  async #load(): Promise<Registration> {
    const { configFile, metrics } = this.#options;
    if (configFile === undefined) return defaultRegistration(this.#options);
    try {
      const registration = readRegistration(await readFile(configFile, 'utf8'), this.#options);
      metrics.validationConfigLoad.add(1);
      return registration;
    } catch (error) {
      metrics.validationConfigLoadError.add(1);
      throw error;
    }
  }

  async #roots(): Promise<string> {
    const { caFile, identity, metrics } = this.#options;
    try {
      const pem = caFile === undefined ? identity?.current()?.rootPem : await readFile(caFile, 'utf8');
      if (pem === undefined)
        throw new MeshError('unavailable', 'there is no identity yet whose roots could be given');
      if (!pem.includes('-----BEGIN CERTIFICATE-----'))
        throw new MeshError('invalid_argument', `${caFile}: expected certificates as PEM`);
      return pem;
    } catch (error) {
      metrics.validationConfigLoadError.add(1);
      throw error;
    }
  }

  async #apply({ registration, webhooks, present }: Application): Promise<void> {
    const { client, metrics, log } = this.#options;
    try {
      const object = corrected({ registration, webhooks, owner: await this.#owner() }, present?.json);
      if (object === undefined) return;
      if (present === undefined) await client.create(REGISTRATION, object);
      else await client.update(REGISTRATION, object);
      metrics.validationConfigUpdates.add(1);
      const what =
        present === undefined ? 'the webhook is registered' : 'the registration of the webhook was put right';
      log.info({ registration: registration.name }, what);
    } catch (error) {
      metrics.validationConfigUpdateError.add(1, { reason: reasonOf(error) });
      throw error;
    }
  }

  /** Asked of the API server: what the watch has seen may be older. */
  async #present(): Promise<KubeObject | undefined> {
    const { client, name } = this.#options;
    return orNothing(client.get(REGISTRATION, { name }));
  }

  async #owner(): Promise<Owner | undefined> {
    const { client, ownerRole: name } = this.#options;
    const role = await orNothing(client.get(CLUSTER_ROLES, { name })).catch((error: unknown) => {
      if (error instanceof KubeError && error.status === 403) return undefined;
      throw error;
    });
    return role && { name, uid: role.uid };
  }

  async #remove(): Promise<void> {
    const { client, name, metrics, log } = this.#options;
    try {
      const present = await this.#present();
      if (present === undefined) return;
      await client.delete(REGISTRATION, { name }, { uid: present.uid });
      log.info({ registration: name }, 'the registration of the webhook was removed: validation is off');
    } catch (error) {
      if (isNotFound(error)) return;
      metrics.validationConfigDeleteError.add(1, { reason: reasonOf(error) });
      throw error;
    }
  }
}

async function orNothing(object: Promise<KubeObject>): Promise<KubeObject | undefined> {
  try {
    return await object;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

function reasonOf(error: unknown): string {
  return error instanceof KubeError && error.reason !== '' ? error.reason : 'Unknown';
}
