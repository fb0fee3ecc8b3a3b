import type { JsonObject } from '@bufbuild/protobuf';
import { SDS_CLUSTER, type SecretSource, TOKEN_SECRET } from './bootstrap-options.ts';
import { http2Options, staticEndpoint } from './endpoint.ts';

/**
 * The way to the node agent: its Unix socket. Envoy adds the workload's token to every call, and reads the token
 * anew whenever something is renamed into its folder.
 */
export function sdsCluster({ socket, tokenFile, tokenFolder }: SecretSource): JsonObject {
  const credential: JsonObject = {
    name: TOKEN_SECRET,
    sds_config: {
      resource_api_version: 'V3',
      path_config_source: { path: tokenFile, watched_directory: { path: tokenFolder } },
    },
  };
  return {
    name: SDS_CLUSTER,
    type: 'STATIC',
    connect_timeout: '1s',
    load_assignment: staticEndpoint(SDS_CLUSTER, { kind: 'unix', path: socket }),
    typed_extension_protocol_options: http2Options([credentialInjector(credential), UPSTREAM_CODEC]),
  };
}

function credentialInjector(credential: JsonObject): JsonObject {
  return {
    name: 'envoy.filters.http.credential_injector',
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.filters.http.credential_injector.v3.CredentialInjector',
      overwrite: true,
      credential: {
        name: 'envoy.http.injected_credentials.generic',
        typed_config: {
          '@type': 'type.googleapis.com/envoy.extensions.http.injected_credentials.generic.v3.Generic',
          credential,
          header: 'authorization',
          header_value_prefix: 'Bearer ',
        },
      },
    },
  };
}

const UPSTREAM_CODEC: JsonObject = {
  name: 'envoy.filters.http.upstream_codec',
  typed_config: {
    '@type': 'type.googleapis.com/envoy.extensions.filters.http.upstream_codec.v3.UpstreamCodec',
  },
};
