import { create } from '@bufbuild/protobuf';
import {
  ApiConfigSource_ApiType,
  ApiVersion,
  type ConfigSource,
  ConfigSourceSchema,
} from '@quintet/proto/envoy/config/core/v3/config_source_pb.js';
import type { CertificateValidationContextSchema } from '@quintet/proto/envoy/extensions/transport_sockets/tls/v3/common_pb.js';
import {
  TlsParameters_TlsProtocol as Protocol,
  SubjectAltNameMatcher_SanType as SanType,
  type TlsParametersSchema,
} from '@quintet/proto/envoy/extensions/transport_sockets/tls/v3/common_pb.js';
import type { SdsSecretConfigSchema } from '@quintet/proto/envoy/extensions/transport_sockets/tls/v3/secret_pb.js';
import type { CommonTlsContextSchema } from '@quintet/proto/envoy/extensions/transport_sockets/tls/v3/tls_pb.js';
import type { Certificate, TlsVersion, Trust } from '../plan/types.ts';
import type { Fields } from './any.ts';
import { duration } from './duration.ts';

/** The cluster of the bootstrap that reaches the node agent, and the authority its calls carry. */
const SECRETS_CLUSTER = 'sds-grpc';
const SECRETS_AUTHORITY = 'nodeagent';

const WORKLOAD_SECRET = 'default';
const ROOTS_SECRET = 'ROOTCA';

export type CommonTls = {
  readonly certificate?: Certificate;
  readonly trust?: Trust;
  readonly subjectAltNames: readonly string[];
  readonly verifyCertificateSpki: readonly string[];
  readonly verifyCertificateHash: readonly string[];
  readonly applicationProtocols: readonly string[];
  readonly minVersion?: TlsVersion;
  readonly maxVersion?: TlsVersion;
  readonly cipherSuites: readonly string[];
};

/** What both sides of a TLS connection have in common. */
export function commonTlsContext(tls: CommonTls): Fields<typeof CommonTlsContextSchema> {
  const parameters = tlsParameters(tls);
  const validation = validationContext(tls);
  return {
    alpnProtocols: [...tls.applicationProtocols],
    ...ownCertificate(tls.certificate),
    ...(parameters && { tlsParams: parameters }),
    ...(validation && { validationContextType: validation }),
  };
}

function ownCertificate(certificate: Certificate | undefined): Fields<typeof CommonTlsContextSchema> {
  switch (certificate?.kind) {
    case undefined:
      return {};
    case 'workload':
      return { tlsCertificateSdsSecretConfigs: [secret(WORKLOAD_SECRET)] };
    case 'secret':
      return { tlsCertificateSdsSecretConfigs: [secret(certificate.name)] };
    case 'files':
      return {
        tlsCertificates: [{ certificateChain: file(certificate.chain), privateKey: file(certificate.key) }],
      };
  }
}

type ValidationContextType = NonNullable<Fields<typeof CommonTlsContextSchema>['validationContextType']>;

function validationContext(tls: CommonTls): ValidationContextType | undefined {
  const checks: Fields<typeof CertificateValidationContextSchema> = {
    matchTypedSubjectAltNames: tls.subjectAltNames.map(subjectAltNameMatcher),
    verifyCertificateSpki: [...tls.verifyCertificateSpki],
    verifyCertificateHash: [...tls.verifyCertificateHash],
  };
  switch (tls.trust?.kind) {
    case undefined:
      return undefined;
    case 'file':
      return { case: 'validationContext', value: { ...checks, trustedCa: file(tls.trust.path) } };
    case 'mesh':
    case 'secret': {
      const name = tls.trust.kind === 'mesh' ? ROOTS_SECRET : tls.trust.name;
      return {
        case: 'combinedValidationContext',
        value: { defaultValidationContext: checks, validationContextSdsSecretConfig: secret(name) },
      };
    }
  }
}

function subjectAltNameMatcher(name: string) {
  return {
    sanType: name.includes('://') ? SanType.URI : SanType.DNS,
    matcher: { matchPattern: { case: 'exact' as const, value: name } },
  };
}

function secret(name: string): Fields<typeof SdsSecretConfigSchema> {
  return { name, sdsConfig: secretSource() };
}

function secretSource(): ConfigSource {
  return create(ConfigSourceSchema, {
    resourceApiVersion: ApiVersion.V3,
    initialFetchTimeout: duration(0),
    configSourceSpecifier: {
      case: 'apiConfigSource',
      value: {
        apiType: ApiConfigSource_ApiType.GRPC,
        transportApiVersion: ApiVersion.V3,
        setNodeOnFirstMessageOnly: true,
        grpcServices: [
          {
            targetSpecifier: {
              case: 'envoyGrpc',
              value: { clusterName: SECRETS_CLUSTER, authority: SECRETS_AUTHORITY },
            },
          },
        ],
      },
    },
  });
}

const VERSIONS: Readonly<Record<TlsVersion, Protocol>> = {
  '1.0': Protocol.TLSv1_0,
  '1.1': Protocol.TLSv1_1,
  '1.2': Protocol.TLSv1_2,
  '1.3': Protocol.TLSv1_3,
};

function tlsParameters(tls: CommonTls): Fields<typeof TlsParametersSchema> | undefined {
  const { minVersion, maxVersion, cipherSuites } = tls;
  if (minVersion === undefined && maxVersion === undefined && cipherSuites.length === 0) return undefined;
  return {
    ...(minVersion && { tlsMinimumProtocolVersion: VERSIONS[minVersion] }),
    ...(maxVersion && { tlsMaximumProtocolVersion: VERSIONS[maxVersion] }),
    cipherSuites: [...cipherSuites],
  };
}

function file(path: string) {
  return { specifier: { case: 'filename' as const, value: path } };
}
