import { type JsonValue, toJson } from '@bufbuild/protobuf';
import { formatIssue } from '@quintet/model';
import { contractRegistry } from '@quintet/proto/contract-registry';
import { type DebugPage, MeshError } from '@quintet/runtime';
import { ENDPOINT_TYPE } from '@quintet/xds';
import type { Publisher } from '../publish/publisher.ts';
import { type ConnectedProxy, shortName, sourcesOf } from '../status/proxies.ts';
import { proxyId, synczRows } from '../status/syncz.ts';
import type { Store } from '../store/store.ts';
import { configDump, resourceJson } from './config-dump.ts';

/** What the pages show. */
export type DebugSources = {
  readonly store: Store;
  readonly publisher: Publisher;
  /** Whether the newest world holds every change that arrived. */
  readonly isSettled: () => boolean;
  readonly proxies: () => readonly ConnectedProxy[];
};

/** Pilot's pages below `/debug/`, under their classic names. None shows a secret. */
export function debugPages(sources: DebugSources): readonly DebugPage[] {
  const { proxies } = sources;
  return [
    {
      path: '/debug/syncz',
      description: 'the nonces sent to and accepted by each proxy',
      show: () => [...synczRows(proxies())],
    },
    {
      path: '/debug/adsz',
      description: 'each stream with where every type of resource stands',
      show: () => proxies().map(streamRow),
    },
    {
      path: '/debug/config_dump',
      description: 'what the proxy ?proxyID= is handed, in the shape of Envoy’s own dump',
      show: ({ query }) => configDump(stateOf(findProxy(proxies(), query.proxyID)).set),
    },
    {
      path: '/debug/endpointz',
      description: 'the endpoints that the proxy ?proxyID= is handed',
      show: ({ query }) => endpointRows(findProxy(proxies(), query.proxyID)),
    },
    {
      path: '/debug/configz',
      description: 'every configuration object; ?kind= and ?namespace= narrow it down',
      show: ({ query }) => configRows(sources.store, query),
    },
    {
      path: '/debug/push_status',
      description:
        'the revision in use, what is wrong with the configuration for all and for each proxy, and what was refused',
      show: () => pushStatus(sources),
    },
  ];
}

/** A connected proxy by `name.namespace` or by its whole node id; throws what becomes 400 and 404. */
function findProxy(proxies: readonly ConnectedProxy[], id: string | undefined): ConnectedProxy {
  if (id === undefined || id === '')
    throw new MeshError('invalid_argument', 'expected ?proxyID=<name>.<namespace>');
  const found = proxies.findLast(({ stream: { node } }) => node.id === id || proxyId(node.id) === id);
  if (found === undefined) throw new MeshError('not_found', `no proxy ${JSON.stringify(id)} is connected`);
  return found;
}

function stateOf({ feed, stream }: ConnectedProxy) {
  const state = feed.state();
  if (state === undefined) throw new MeshError('unavailable', `nothing was made for ${stream.node.id} yet`);
  return state;
}

function streamRow(connected: ConnectedProxy): JsonValue {
  const { stream, feed } = connected;
  const newest = feed.state()?.set;
  return {
    stream: stream.id,
    form: stream.form,
    identity: stream.spiffeId ?? '',
    address: stream.address,
    connectedAt: new Date(stream.connectedAt).toISOString(),
    types: stream.status().map((status) => ({
      ...status,
      type: shortName(status.typeUrl),
      newestVersion: newest?.get(status.typeUrl)?.version ?? '',
      nack: status.nack === undefined ? null : { ...status.nack, blamed: [...status.nack.blamed] },
      refused: status.refused.map((refused) => ({
        ...refused,
        objects: [...sourcesOf(connected, status.typeUrl, [refused.name])],
      })),
      waiting: [...status.waiting],
      heldBack: [...status.heldBack],
    })),
  };
}

function endpointRows(connected: ConnectedProxy): JsonValue {
  return [...(stateOf(connected).set.get(ENDPOINT_TYPE)?.resources.values() ?? [])].map(resourceJson);
}

function configRows(store: Store, query: Readonly<Record<string, string>>): JsonValue {
  return [...store.objects()]
    .filter(
      ({ kind, namespace }) => (query.kind ?? kind) === kind && (query.namespace ?? namespace) === namespace,
    )
    .map(({ kind, namespace, name, version, origin, labels, annotations, spec }) => {
      const schema = contractRegistry.getMessage(spec.$typeName);
      return {
        kind,
        namespace,
        name,
        version,
        origin: origin === undefined ? '' : `${origin.file}:${origin.line}`,
        labels: { ...labels },
        annotations: { ...annotations },
        spec: schema === undefined ? null : toJson(schema, spec, { registry: contractRegistry }),
      };
    });
}

function pushStatus({ publisher, proxies, store, isSettled }: DebugSources): JsonValue {
  return {
    revision: publisher.revision(),
    settled: isSettled(),
    objects: Object.fromEntries(store.counts()),
    issues: [...publisher.issues(), ...store.refusals().flatMap(({ issues }) => issues)].map(formatIssue),
    refused: store.refusals().map(({ object: { kind, namespace, name, version }, kept }) => {
      return { kind, namespace, name, version, inUse: kept?.version ?? '' };
    }),
    proxies: proxies().map(({ stream, feed }) => {
      const state = feed.state();
      return {
        proxy: proxyId(stream.node.id),
        revision: state?.revision ?? 0,
        issues: state?.issues.map(formatIssue) ?? [],
      };
    }),
  };
}
