import type { JsonObject } from '@bufbuild/protobuf';
import { base64Decode } from '@bufbuild/protobuf/wire';
import type { Labels } from '../labels.ts';
import type { JsonReader } from './json-reader.ts';
import type { NativeMeta } from './meta.ts';

/** A Secret, without what is secret: no private key is ever kept. */
export type NativeSecret = NativeMeta & { readonly kind: 'Secret'; readonly spec: SecretSpec };

export type SecretSpec = {
  /** E.g. `kubernetes.io/tls`; `Opaque` when not given. */
  readonly type: string;
  /** The certificates under `tls.crt`, else `cert`, as PEM; empty when there are none. */
  readonly certificate: string;
  /** The names of all keys, sorted. */
  readonly keys: readonly string[];
};

/** A ConfigMap. Its binary data is not read. */
export type NativeConfigMap = NativeMeta & {
  readonly kind: 'ConfigMap';
  readonly spec: { readonly data: Labels };
};

/** Of a Secret of Kubernetes' own type, and of the classic one for gateways. */
const CERTIFICATES = ['tls.crt', 'cert'] as const;

/** Reads a Secret; `meta` becomes part of it. What stands under other keys than `tls.crt` and `cert` is dropped. */
export function readSecret(meta: NativeMeta, object: JsonObject, reader: JsonReader): NativeSecret {
  const plain = reader.within(object, 'stringData', (data) => readSecretData(data, reader, (text) => text));
  const coded = reader.within(object, 'data', (data) =>
    readSecretData(data, reader, (text) => fromBase64(text)),
  );
  const spec = {
    type: reader.text(object, 'type') || 'Opaque',
    certificate: plain?.certificate || coded?.certificate || '',
    keys: [...new Set([...(plain?.keys ?? []), ...(coded?.keys ?? [])])].sort(),
  };
  return { ...meta, kind: 'Secret', spec };
}

function readSecretData(
  data: JsonObject,
  reader: JsonReader,
  decode: (text: string) => string | undefined,
): Pick<SecretSpec, 'certificate' | 'keys'> {
  const name = CERTIFICATES.find((key) => Object.hasOwn(data, key)) ?? CERTIFICATES[0];
  const certificate = decode(reader.text(data, name));
  if (certificate === undefined) reader.report(name, 'expected a string in base64, found another one');
  return { certificate: certificate ?? '', keys: Object.keys(data) };
}

function fromBase64(text: string): string | undefined {
  try {
    return new TextDecoder().decode(base64Decode(text));
  } catch {
    return undefined;
  }
}

/** Reads a ConfigMap; `meta` becomes part of it. */
export function readConfigMap(meta: NativeMeta, object: JsonObject, reader: JsonReader): NativeConfigMap {
  return { ...meta, kind: 'ConfigMap', spec: { data: reader.labels(object, 'data') } };
}
