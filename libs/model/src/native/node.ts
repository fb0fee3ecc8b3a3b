import type { JsonObject } from '@bufbuild/protobuf';
import type { JsonReader } from './json-reader.ts';
import type { NativeMeta } from './meta.ts';

/** A Node. Region, zone and network are labels. */
export type NativeNode = NativeMeta & {
  readonly kind: 'Node';
  readonly spec: { readonly addresses: readonly NodeAddress[] };
};

export type NodeAddress = {
  /** `InternalIP`, `ExternalIP`, `Hostname`, `InternalDNS` or `ExternalDNS`. */
  readonly type: string;
  readonly address: string;
};

/** A Namespace. */
export type NativeNamespace = NativeMeta & {
  readonly kind: 'Namespace';
  /** `phase` is `Active` or `Terminating`, empty when not given. */
  readonly spec: { readonly phase: string };
};

/** Reads a Node; `meta` becomes part of it. */
export function readNode(meta: NativeMeta, object: JsonObject, reader: JsonReader): NativeNode {
  const addresses = reader.within(object, 'status', (status) =>
    reader.list(status, 'addresses', (each) => {
      return { type: reader.text(each, 'type'), address: reader.text(each, 'address') };
    }),
  );
  return { ...meta, kind: 'Node', spec: { addresses: addresses ?? [] } };
}

/** Reads a Namespace; `meta` becomes part of it. */
export function readNamespace(meta: NativeMeta, object: JsonObject, reader: JsonReader): NativeNamespace {
  const phase = reader.within(object, 'status', (status) => reader.text(status, 'phase'));
  return { ...meta, kind: 'Namespace', spec: { phase: phase ?? '' } };
}
