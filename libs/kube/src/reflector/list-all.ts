import type { KubeClient, Selection } from '../client/client.ts';
import type { KubeObject } from '../client/kube-object.ts';
import type { ResourceType } from '../client/resource-type.ts';
import { isGone, KubeError } from '../kube-error.ts';

export type ListAllOptions = {
  readonly client: Pick<KubeClient, 'list'>;
  readonly type: ResourceType;
  readonly selection: Selection;
  readonly pageSize: number;
  readonly metadataOnly?: boolean;
  readonly signal: AbortSignal;
  /** Called for each object; not in one go, so that a page's JSON can be forgotten before the next one comes. */
  readonly onObject: (object: KubeObject) => void;
  /** Everything so far counts for nothing: the list begins anew. */
  readonly onRestart: () => void;
};

/** After so many lists that expired between two pages, all is asked for in one page, which cannot expire. */
const MOST_RESTARTS = 2;
const SMALLEST_PAGE = 10;

/**
 * Reads a complete list in pages, all of one state of the API server; answers the version of that state. When that
 * state is forgotten in the middle (410), the list begins anew; when a page is too large, with smaller pages.
 */
export async function listAll(options: ListAllOptions): Promise<string> {
  let limit = options.pageSize;
  for (let restarts = 0; ; restarts++) {
    try {
      return await readPages(options, restarts < MOST_RESTARTS ? limit : undefined);
    } catch (error) {
      const tooLarge = error instanceof KubeError && error.reason === 'TooLarge' && limit > SMALLEST_PAGE;
      if (!isGone(error) && !tooLarge) throw error;
      if (restarts >= MOST_RESTARTS && !tooLarge) throw error;
      if (tooLarge) {
        limit = Math.max(SMALLEST_PAGE, Math.floor(limit / 5));
        restarts -= 1;
      }
      options.onRestart();
    }
  }
}

async function readPages(options: ListAllOptions, limit: number | undefined): Promise<string> {
  const { client, type, selection, metadataOnly = false, signal, onObject } = options;
  let token = '';
  for (;;) {
    const page = await client.list(type, {
      ...selection,
      ...(limit !== undefined && { limit }),
      ...(token !== '' && { continue: token }),
      metadataOnly,
      signal,
    });
    for (const object of page.objects) onObject(object);
    token = page.continue;
    if (token === '') return page.resourceVersion;
  }
}
