import type { ProxyNode } from '@quintet/proxy';
import {
  CLUSTER_TYPE,
  ENDPOINT_TYPE,
  LISTENER_TYPE,
  ROUTE_TYPE,
  type StreamInfo,
  type TypeStatus,
} from '@quintet/xds';
import type { Feed } from '../publish/publisher.ts';

/** A connected proxy, for status pages. */
export type ConnectedProxy = {
  readonly stream: StreamInfo;
  readonly proxy: ProxyNode;
  readonly feed: Feed;
};

/** Short names of types, as operators know them. */
const SHORT_NAMES: ReadonlyMap<string, string> = new Map([
  [CLUSTER_TYPE, 'CDS'],
  [ENDPOINT_TYPE, 'EDS'],
  [LISTENER_TYPE, 'LDS'],
  [ROUTE_TYPE, 'RDS'],
]);

/** `CDS` and its like; the end of the type URL for others. */
export function shortName(typeUrl: string): string {
  return SHORT_NAMES.get(typeUrl) ?? typeUrl.slice(typeUrl.lastIndexOf('.') + 1);
}

/** The configuration objects that resources of a proxy came from, sorted, each once. */
export function sourcesOf(
  { feed }: Pick<ConnectedProxy, 'feed'>,
  typeUrl: string,
  names: readonly string[],
): readonly string[] {
  const known = feed.state()?.provenance.get(provenanceType(typeUrl));
  return [...new Set(names.flatMap((name) => known?.get(name) ?? []))].sort();
}

/** Endpoints come from where their cluster does. */
function provenanceType(typeUrl: string): string {
  return typeUrl === ENDPOINT_TYPE ? CLUSTER_TYPE : typeUrl;
}

/** The resources a proxy refuses: those found out, else those its last refusal may mean. */
export function refusedNames(status: TypeStatus): readonly string[] {
  const found = status.refused.map(({ name }) => name);
  return found.length > 0 ? found : (status.nack?.blamed ?? []);
}
