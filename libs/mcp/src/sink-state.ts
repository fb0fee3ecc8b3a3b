import { create } from '@bufbuild/protobuf';
import type { ConfigObject } from '@quintet/model';
import {
  type RequestResources,
  RequestResourcesSchema,
  type Resources,
} from '@quintet/proto/istio/mcp/v1alpha1/mcp_pb.js';
import { errorText, grpcStatus, type Log, MeshError } from '@quintet/runtime';
import { fromResource, resourceName } from './resource.ts';
import { type CollectionChange, SinkCollection } from './sink-collection.ts';
import type { StoredCollection } from './stored/content.ts';

/** Who asks: an id and whatever else is good to know in the source's log. */
export type SinkNode = { readonly id: string; readonly annotations?: Readonly<Record<string, string>> };

export type SinkStateOptions = {
  readonly collections: readonly string[];
  readonly node: SinkNode;
  /** Asks for changes only. */
  readonly incremental: boolean;
  /**
   * Applies a change as a whole. When it throws, the source is told so, and the collection stays as it was; the text
   * of the error goes to the source's log. Changes come one after the other.
   */
  readonly onChange: (change: CollectionChange) => void | Promise<void>;
  readonly log: Log;
};

/** The refusal of a response: status code and text. */
export type Refusal = { readonly code: number; readonly message: string };

/** What a sink says to a response. */
export type SinkAnswer = { readonly request: RequestResources; readonly refusal: Refusal | undefined };

/** All collections of a sink, over all of its streams, whoever opens them. */
export class SinkState {
  readonly #options: SinkStateOptions;
  readonly #collections: ReadonlyMap<string, SinkCollection>;

  constructor(options: SinkStateOptions) {
    this.#options = options;
    this.#collections = new Map(options.collections.map((name) => [name, new SinkCollection()]));
  }

  get(collection: string): SinkCollection | undefined {
    return this.#collections.get(collection);
  }

  /** Version of the snapshot that was applied last, by collection; empty before the first. */
  versions(): ReadonlyMap<string, string> {
    return new Map(Array.from(this.#collections, ([name, { version }]) => [name, version]));
  }

  /** The request with which a stream asks for a collection: it says what the sink has already. */
  firstRequest(collection: string): RequestResources {
    const { incremental } = this.#options;
    const acknowledged = incremental ? this.#collections.get(collection)?.acknowledged : undefined;
    return this.#request({ collection, initialResourceVersions: Object.fromEntries(acknowledged ?? []) });
  }

  /** Applies a response as a whole, or says why not. A bug in `onChange` is refused like a bad resource and logged. */
  async answer(response: Resources): Promise<SinkAnswer> {
    const { collection, nonce: responseNonce } = response;
    const refusal = await this.#apply(response);
    const request = this.#request({
      collection,
      responseNonce,
      ...(refusal && { errorDetail: refusal }),
    });
    return { request, refusal };
  }

  /** Applies what was stored as if a source had sent it. Throws what `onChange` throws. */
  async seed(stored: readonly StoredCollection[]): Promise<void> {
    for (const { collection, version, objects } of stored) {
      const state = this.#collections.get(collection);
      if (state === undefined || state.synced) continue;
      await this.#options.onChange({ collection, version, full: true, updated: objects, removed: [] });
      state.seed({ version, objects });
    }
  }

  #request(fields: {
    readonly collection: string;
    readonly initialResourceVersions?: Record<string, string>;
    readonly responseNonce?: string;
    readonly errorDetail?: Refusal;
  }): RequestResources {
    const { node, incremental } = this.#options;
    const sinkNode = { id: node.id, annotations: { ...node.annotations } };
    return create(RequestResourcesSchema, { sinkNode, incremental, ...fields });
  }

  async #apply(response: Resources): Promise<Refusal | undefined> {
    const { onChange, log } = this.#options;
    const state = this.#collections.get(response.collection);
    if (state === undefined) {
      return { code: grpcStatus.UNIMPLEMENTED, message: `unknown collection "${response.collection}"` };
    }
    try {
      const step = state.take({ response, objects: readObjects(response) });
      if (step.change !== undefined) await onChange(step.change);
      step.commit();
      return undefined;
    } catch (error) {
      if (!(error instanceof MeshError)) {
        log.error({ err: error, collection: response.collection }, 'applying a change failed');
      }
      return { code: grpcStatus.INVALID_ARGUMENT, message: errorText(error) };
    }
  }
}

function readObjects({ collection, resources }: Resources): Map<string, ConfigObject> {
  const objects = new Map<string, ConfigObject>();
  for (const resource of resources) {
    const object = fromResource(collection, resource);
    objects.set(resourceName(object), object);
  }
  return objects;
}
