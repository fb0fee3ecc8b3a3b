import type { JsonValue } from '@bufbuild/protobuf';
import type { Clock } from '@quintet/runtime';
import { listOf, textOf } from '../json.ts';
import { isNotFound, KubeError } from '../kube-error.ts';
import type { KubeClient } from './client.ts';
import { apiVersionOf, type ResourceType } from './resource-type.ts';

/** A type of objects of which the API server may serve one version or another; all have the same content. */
export type VersionedType = Omit<ResourceType, 'version'> & {
  /** The first one that is served is used. */
  readonly versions: readonly string[];
};

/** What an API server serves. */
export type Discovery = {
  /**
   * The first of a type's versions that is served; undefined when there is no such type. Throws `KubeError` when the
   * API server does not say, or is not ready and therefore does not know all its types yet.
   */
  versionOf(type: VersionedType): Promise<string | undefined>;
};

/** Many types of one group ask at the same moment: they share the answer. */
const SHARED_MS = 500;

/** Asks the discovery documents, which everybody who is known may read. */
export function createDiscovery(options: {
  readonly client: Pick<KubeClient, 'request' | 'isReady'>;
  readonly clock: Clock;
}): Discovery {
  const { client, clock } = options;
  const share = <T>(ask: (path: string) => Promise<T>) => {
    const asked = new Map<string, { readonly at: number; readonly answer: Promise<T> }>();
    return (path: string): Promise<T> => {
      const earlier = asked.get(path);
      if (earlier !== undefined && clock.monotonic() - earlier.at < SHARED_MS) return earlier.answer;
      const answer = ask(path);
      asked.set(path, { at: clock.monotonic(), answer });
      return answer;
    };
  };
  const documentAt = share(async (path): Promise<JsonValue | undefined> => {
    try {
      return await client.request({ method: 'GET', path });
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  });
  const isReady = share(() => client.isReady());
  return {
    async versionOf(type) {
      for (const version of type.versions) {
        const path = `${type.group === '' ? '/api' : '/apis'}/${apiVersionOf({ group: type.group, version })}`;
        const resources = listOf(await documentAt(path), 'resources');
        if (resources.some((resource) => textOf(resource, 'name') === type.plural)) return version;
      }
      if (await isReady('/readyz')) return undefined;
      throw new KubeError(`${type.plural}: the API server is not ready`, { status: 503 });
    },
  };
}
