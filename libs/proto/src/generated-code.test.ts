import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fromJson, getOption, hasOption } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import { rules } from '../gen/validate/validate_pb.js';
import { contractRegistry } from './contract-registry.ts';
import { envoyRegistry } from './envoy-registry.ts';

const PROTO_FOLDER = join(import.meta.dirname, '..', 'proto');

function protoFiles(): string[] {
  return readdirSync(PROTO_FOLDER, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.proto'))
    .sort();
}

describe('the generated code', () => {
  it.each(protoFiles())('of %s loads and declares the package of its folder', async (path) => {
    const url = new URL(`../gen/${path.replace(/\.proto$/, '_pb.js')}`, import.meta.url);
    const module: Record<string, unknown> = await import(/* @vite-ignore */ url.href);
    const file = module[`file_${path.replace(/\.proto$/, '').replaceAll(/\W/g, '_')}`];
    expect(file).toMatchObject({ kind: 'file', proto: { package: path.split('/').slice(0, -1).join('.') } });
  });

  it.each(['contract-files.js', 'envoy-files.js'])('%s is loaded by Node as it is', (name) => {
    const url = new URL(`../gen/${name}`, import.meta.url).href;
    const program = `console.log((await import(${JSON.stringify(url)})).files.every((file) => file.kind === 'file'))`;
    expect(execFileSync('node', ['--input-type=module', '-e', program], { encoding: 'utf8' }).trim()).toBe(
      'true',
    );
  });

  it.each([
    'envoy.config.bootstrap.v3.Bootstrap',
    'envoy.extensions.filters.http.credential_injector.v3.CredentialInjector',
    'envoy.extensions.filters.http.upstream_codec.v3.UpstreamCodec',
    'envoy.extensions.access_loggers.stats.v3.Config',
    'xds.type.v3.TypedStruct',
    'google.protobuf.StringValue',
  ])('has %s', (name) => {
    expect(envoyRegistry.getMessage(name)?.typeName).toBe(name);
  });

  it('keeps the two registries apart except for what both build on', () => {
    const names = [...contractRegistry]
      .filter((type) => type.kind === 'message')
      .map((type) => type.typeName);
    const shared = names.filter((name) => envoyRegistry.getMessage(name) !== undefined);
    expect(shared.filter((name) => !name.startsWith('google.protobuf.'))).toEqual([]);
  });
});

describe('what Envoy 1.40 adds', () => {
  it.each([
    [
      'envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy',
      { upstreamConnectMode: 'ON_DOWNSTREAM_TLS_HANDSHAKE', maxEarlyDataBytes: 65536 },
    ],
    [
      'envoy.config.rbac.v3.Principal',
      { sourcedMetadata: { metadataMatcher: { filter: 'f' }, metadataSource: 'ROUTE' } },
    ],
    ['envoy.type.tracing.v3.CustomTag', { tag: 't', value: '%PROTOCOL%' }],
    [
      'envoy.extensions.http.injected_credentials.generic.v3.Generic',
      { header: 'authorization', headerValuePrefix: 'Bearer ' },
    ],
    ['envoy.config.bootstrap.v3.Bootstrap', { statsEvictionInterval: '300s' }],
    [
      'envoy.extensions.access_loggers.stats.v3.Config',
      { statsScope: { maxCounters: 10 }, counters: [{ stat: { name: 'n' }, valueFixed: '1' }] },
    ],
  ])('%s takes it', (name, json) => {
    const schema = envoyRegistry.getMessage(name);
    if (schema === undefined) throw new Error(`${name} is not in the registry`);
    expect(fromJson(schema, json, { registry: envoyRegistry }).$typeName).toBe(name);
  });

  it('keeps the constraints readable at run time', () => {
    const schema = envoyRegistry.getMessage('envoy.extensions.access_loggers.stats.v3.Config.Counter');
    const field = schema?.field.valueFormat;
    if (field === undefined) throw new Error('Counter.value_format is not in the registry');
    expect(hasOption(field, rules)).toBe(true);
    expect(getOption(field, rules).type).toMatchObject({
      case: 'string',
      value: { prefix: '%', ignoreEmpty: true },
    });
  });
});
