import { create } from '@bufbuild/protobuf';
import type { DataSource } from '@quintet/proto/envoy/config/core/v3/base_pb.js';
import { DataSourceSchema } from '@quintet/proto/envoy/config/core/v3/base_pb.js';
import {
  type Secret,
  SecretSchema,
} from '@quintet/proto/envoy/extensions/transport_sockets/tls/v3/secret_pb.js';
import type { Certificates } from '@quintet/runtime';
import { packResource, SECRET_TYPE, type WireSet, wireType } from '@quintet/xds';

/** The classic names: a workload's key with its chain, and what it trusts. */
export const WORKLOAD_SECRET = 'default';
export const ROOT_SECRET = 'ROOTCA';

/** The secrets of one workload as its proxies get them, each encoded once. */
export function spellSecrets(
  certificates: Pick<Certificates, 'certChainPem' | 'keyPem'>,
  rootPem: string,
): WireSet {
  const key = create(SecretSchema, {
    name: WORKLOAD_SECRET,
    type: {
      case: 'tlsCertificate',
      value: { certificateChain: inline(certificates.certChainPem), privateKey: inline(certificates.keyPem) },
    },
  });
  const roots = create(SecretSchema, {
    name: ROOT_SECRET,
    type: { case: 'validationContext', value: { trustedCa: inline(rootPem) } },
  });
  return new Map([[SECRET_TYPE, wireType([pack(key), pack(roots)])]]);
}

function pack(message: Secret) {
  return packResource({ schema: SecretSchema, message, name: message.name });
}

function inline(text: string): DataSource {
  return create(DataSourceSchema, { specifier: { case: 'inlineBytes', value: Buffer.from(text, 'latin1') } });
}
