import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { create, type DescMessage, fromJson, type JsonValue, type MessageShape } from '@bufbuild/protobuf';
import { ClusterSchema } from '@quintet/proto/envoy/config/cluster/v3/cluster_pb.js';
import { ClusterLoadAssignmentSchema } from '@quintet/proto/envoy/config/endpoint/v3/endpoint_pb.js';
import { ListenerSchema } from '@quintet/proto/envoy/config/listener/v3/listener_pb.js';
import { RouteConfigurationSchema } from '@quintet/proto/envoy/config/route/v3/route_pb.js';
import { SecretSchema } from '@quintet/proto/envoy/extensions/transport_sockets/tls/v3/secret_pb.js';
import { envoyRegistry } from '@quintet/proto/envoy-registry';
import type { TestCa } from '@quintet/testkit';
import {
  CLUSTER_TYPE,
  ENDPOINT_TYPE,
  LISTENER_TYPE,
  packResource,
  ROUTE_TYPE,
  SECRET_TYPE,
  type WireSet,
  type WireType,
  wireType,
} from '@quintet/xds';
import { parse } from 'yaml';

const testdata = resolve(import.meta.dirname, '../../../../services/pilot/testdata');

/** The names of pilot's golden cases. */
export function goldenNames(): string[] {
  return readdirSync(testdata).sort();
}

/**
 * What one golden case hands to a proxy, as it goes over the wire. Envoy opens the files that a case names: they are
 * looked for below `files` instead of `/etc`.
 */
export function goldenSet(name: string, { files }: { readonly files: string }): WireSet {
  const type = <Desc extends DescMessage>(
    file: string,
    schema: Desc,
    nameOf: (one: MessageShape<Desc>) => string,
  ) =>
    wireType(
      read(join(testdata, name, file), files).map((json) => {
        const message = fromJson(schema, json, { registry: envoyRegistry });
        return packResource({ schema, message, name: nameOf(message) });
      }),
    );
  return new Map<string, WireType>([
    [CLUSTER_TYPE, type('cds.yaml', ClusterSchema, (one) => one.name)],
    [ENDPOINT_TYPE, type('eds.yaml', ClusterLoadAssignmentSchema, (one) => one.clusterName)],
    [LISTENER_TYPE, type('lds.yaml', ListenerSchema, (one) => one.name)],
    [ROUTE_TYPE, type('rds.yaml', RouteConfigurationSchema, (one) => one.name)],
  ]);
}

/** The secrets that golden cases refer to: the workload's own, the mesh's roots, and those of gateways. */
export async function secretSet(ca: TestCa): Promise<WireSet> {
  const { certChainPem, keyPem } = await ca.issue({
    spiffeId: 'spiffe://cluster.local/ns/default/sa/client',
  });
  const inline = (text: string) => ({ specifier: { case: 'inlineString' as const, value: text } });
  const certificate = (name: string) =>
    create(SecretSchema, {
      name,
      type: {
        case: 'tlsCertificate',
        value: { certificateChain: inline(certChainPem), privateKey: inline(keyPem) },
      },
    });
  const roots = create(SecretSchema, {
    name: 'ROOTCA',
    type: { case: 'validationContext', value: { trustedCa: inline(ca.rootPem) } },
  });
  const secrets = [certificate('default'), certificate('books'), roots];
  return new Map([
    [
      SECRET_TYPE,
      wireType(secrets.map((message) => packResource({ schema: SecretSchema, message, name: message.name }))),
    ],
  ]);
}

/** Writes the files that golden cases name, as a gateway and a workload have them mounted below `/etc`. */
export async function writeCertificateFiles(ca: TestCa, directory: string): Promise<void> {
  const { certChainPem, keyPem } = await ca.issue({
    spiffeId: 'spiffe://cluster.local/ns/default/sa/client',
  });
  const files = {
    'certs/cert-chain.pem': certChainPem,
    'certs/key.pem': keyPem,
    'certs/root-cert.pem': ca.rootPem,
    'istio/ingressgateway-certs/tls.crt': certChainPem,
    'istio/ingressgateway-certs/tls.key': keyPem,
    'istio/ingressgateway-ca-certs/ca-chain.cert.pem': ca.rootPem,
  };
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), text, { mode: 0o600 });
  }
}

function read(path: string, files: string): JsonValue[] {
  return existsSync(path)
    ? parse(readFileSync(path, 'utf8').replaceAll('filename: /etc/', `filename: ${files}/`))
    : [];
}
