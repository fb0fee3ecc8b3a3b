import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  type ClusterAccess,
  createDiscovery,
  createKubeClient,
  type Discovery,
  inClusterAccess,
  type KubeClient,
  KubeError,
  kubeconfigAccess,
  type Selection,
  type VersionedType,
} from '@quintet/kube';
import {
  type ConfigObject,
  decodeObjects,
  GATEWAY,
  isOfSchema,
  jsonToLocated,
  KINDS,
  NATIVE_KINDS,
  type NativeKind,
  type NativeObject,
  type ParsedObject,
} from '@quintet/model';
import { errorText, type Program, systemClock } from '@quintet/runtime/command';
import { CommandFailure, EXIT } from '../exit.ts';

export type ClusterOptions = {
  readonly program: Pick<Program, 'env' | 'cwd'>;
  /** Path of a kubeconfig; absent: KUBECONFIG, the usual file, or the pod's own account. */
  readonly kubeconfig?: string;
  readonly context?: string;
  /** What comes from elsewhere and will meet the cluster: it may name Secrets too. */
  readonly besides?: readonly ParsedObject[];
};

/** What a cluster holds, as far as the caller may read it. */
export type ClusterContent = {
  readonly parsed: readonly ParsedObject[];
  /** What could not be read and why, one line each. */
  readonly warnings: readonly string[];
};

/** Objects of one page: an answer of some megabytes at most. */
const PAGE_SIZE = 500;
/** Kinds of Kubernetes that the analysis looks at as a whole. */
const WANTED: readonly NativeKind[] = ['Namespace', 'Service', 'Pod', 'Deployment', 'Ingress'];
/** The ConfigMap with the mesh configuration. */
const MESH_CONFIG_MAP = 'istio';

/**
 * Lists what an analysis looks at from the API server of the current context, page by page. Kinds that the cluster does
 * not have are passed over; a kind that the caller may not list is a warning. Of Secrets only those are read that a
 * gateway names. Throws KubeError or MeshError when the API server cannot be reached or does not know the caller.
 */
export async function readCluster(options: ClusterOptions): Promise<ClusterContent> {
  const client = createKubeClient({
    access: await clusterAccess(options),
    clock: systemClock,
    userAgent: 'quintet-cli',
  });
  const reader: Reader = {
    client,
    discovery: createDiscovery({ client, clock: systemClock }),
    warnings: [],
  };
  try {
    const configured = KINDS.filter(({ written }) => written);
    const native = NATIVE_KINDS.filter(({ kind }) => WANTED.includes(kind));
    const lists = await inTurns([...configured, ...native], (type) => listAll(reader, type));
    const parsed = lists.flat();
    const named = [
      { kind: 'ConfigMap', name: MESH_CONFIG_MAP } as const,
      ...secretNames([...parsed, ...(options.besides ?? [])]).map(
        (name) => ({ kind: 'Secret', name }) as const,
      ),
    ];
    const single = await inTurns(named, async ({ kind, name }) => {
      const [type] = NATIVE_KINDS.filter((row) => row.kind === kind);
      return type === undefined ? [] : listAll(reader, type, { fieldSelector: `metadata.name=${name}` });
    });
    return { parsed: [...parsed, ...single.flat()], warnings: [...new Set(reader.warnings)] };
  } finally {
    client.close();
  }
}

type Reader = { readonly client: KubeClient; readonly discovery: Discovery; readonly warnings: string[] };

/** Requests at the same time: enough to be quick, too few to be a burden. */
const AT_ONCE = 8;

async function inTurns<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let at = 0; at < items.length; at += AT_ONCE)
    results.push(...(await Promise.all(items.slice(at, at + AT_ONCE).map(work))));
  return results;
}

async function listAll(
  { client, discovery, warnings }: Reader,
  type: VersionedType,
  selection: Selection = {},
): Promise<readonly ParsedObject[]> {
  const version = await discovery.versionOf(type);
  if (version === undefined) return [];
  const parsed: ParsedObject[] = [];
  try {
    let token: string | undefined;
    do {
      const page = await client.list(
        { ...type, version },
        { ...selection, limit: PAGE_SIZE, ...(token && { continue: token }) },
      );
      for (const { json } of page.objects) parsed.push(...decode(json));
      token = page.continue;
    } while (token);
  } catch (error) {
    if (!(error instanceof KubeError) || error.status !== 403) throw error;
    warnings.push(`${type.plural} cannot be listed, the analysis goes without them: ${errorText(error)}`);
  }
  return parsed;
}

/** An object of an API server stands in no file. */
function decode(json: unknown): readonly ParsedObject[] {
  return decodeObjects(jsonToLocated(json), { file: '', native: 'decode' }).map((parsed) => {
    const { object, native, issues, ...rest } = parsed;
    return {
      ...rest,
      ...(object && { object: ofNoFile(object) }),
      ...(native && { native: nativeOfNoFile(native) }),
      issues: issues.map(({ origin: _, ...issue }) => issue),
    };
  });
}

function ofNoFile({ origin: _, ...object }: ConfigObject): ConfigObject {
  return object;
}

function nativeOfNoFile({ origin: _, ...object }: NativeObject): NativeObject {
  return object;
}

/** The Secrets whose certificates gateways serve. */
function secretNames(parsed: readonly ParsedObject[]): readonly string[] {
  const gateways = parsed.flatMap(({ object }) =>
    object && isOfSchema(object, GATEWAY.schema) ? [object] : [],
  );
  const served = gateways.flatMap(({ spec }) =>
    spec.servers.flatMap(({ tls }) => [tls?.credentialName ?? '', ...(tls?.credentialNames ?? [])]),
  );
  const ingresses = parsed.flatMap(({ native }) =>
    native?.kind === 'Ingress' ? native.spec.tls.map(({ secretName }) => secretName) : [],
  );
  return [...new Set([...served, ...ingresses])].filter((name) => name !== '');
}

async function clusterAccess({ program, kubeconfig, context }: ClusterOptions): Promise<ClusterAccess> {
  const { env, cwd } = program;
  const clock = systemClock;
  const given = kubeconfig ?? env.KUBECONFIG?.split(':').find((path) => path !== '');
  const usual = join(env.HOME ?? '', '.kube/config');
  if (given === undefined && !existsSync(usual)) return inClusterAccess({ env, clock });
  const path = given === undefined ? usual : resolve(cwd, given);
  if (!existsSync(path)) throw new CommandFailure(EXIT.unreadable, `${path} cannot be read: no such file`);
  return kubeconfigAccess(path, { clock, ...(context && { context }) });
}
