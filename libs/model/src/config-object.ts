import type { Message } from '@bufbuild/protobuf';
import type { Origin } from './issue.ts';

/**
 * One configuration object in memory, whatever source it came from. Frozen: a change is a new object.
 * `Spec` is the protobuf-es message of the kind's row in the table of kinds.
 */
export type ConfigObject<Spec extends Message = Message> = {
  /** The kind as users write it, e.g. `VirtualService`. */
  readonly kind: string;
  /** The MCP collection the object is handed out in, e.g. `istio/networking/v1alpha3/virtualservices`. */
  readonly collection: string;
  /** Empty for objects of cluster scope. */
  readonly namespace: string;
  readonly name: string;
  /** Opaque; equal versions of one name mean equal content. */
  readonly version: string;
  /** Milliseconds since 1970; conflicts are won by the oldest, then by `name.namespace`. */
  readonly createTime: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly spec: Spec;
  readonly origin?: Origin;
};
