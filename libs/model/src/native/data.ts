import type { Labels } from '../labels.ts';
import type { NativeMeta } from './meta.ts';

/** A Secret, without what is secret: no private key is ever kept. */
export type NativeSecret = NativeMeta & { readonly kind: 'Secret'; readonly spec: SecretSpec };

export type SecretSpec = {
  /** E.g. `kubernetes.io/tls`; `Opaque` when not given. */
  readonly type: string;
  /** The certificates under `tls.crt` as PEM; empty when there are none. */
  readonly certificate: string;
  /** The names of all keys, sorted. */
  readonly keys: readonly string[];
};

/** A ConfigMap. Its binary data is not read. */
export type NativeConfigMap = NativeMeta & {
  readonly kind: 'ConfigMap';
  readonly spec: { readonly data: Labels };
};
