import { join } from 'node:path';
import { stringify } from 'yaml';
import { APPS } from '../harness/checkout.ts';
import { field, number, text } from '../harness/json.ts';
import type { MeshOptions } from '../harness/mesh.ts';

const HTTP = { name: 'http', number: 8000 };
const TCP = { name: 'tcp', number: 9000 };
const GATEWAY = { name: 'http2', number: 8080 };

function application(name: string, ports: readonly object[]) {
  return {
    name: `${name}-v1`,
    serviceAccount: name,
    labels: { app: name, version: 'v1' },
    ports,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a placeholder of mesh.yaml
    command: ['${node}', join(APPS, 'echo.ts')],
  };
}

const MESH = {
  page: '/',
  services: [
    {
      name: 'istio-ingressgateway',
      namespace: 'istio-system',
      selector: { istio: 'ingressgateway' },
      ports: [GATEWAY],
    },
    { name: 'echo', selector: { app: 'echo' }, ports: [HTTP] },
    { name: 'echo-tcp', selector: { app: 'echo' }, ports: [TCP] },
    { name: 'other', selector: { app: 'other' }, ports: [HTTP] },
    { name: 'anna', selector: { app: 'anna' }, ports: [HTTP] },
    { name: 'boris', selector: { app: 'boris' }, ports: [HTTP] },
  ],
  workloads: [
    {
      kind: 'gateway',
      name: 'istio-ingressgateway',
      namespace: 'istio-system',
      serviceAccount: 'istio-ingressgateway-service-account',
      labels: { app: 'istio-ingressgateway', istio: 'ingressgateway' },
      ports: [GATEWAY],
    },
    application('echo', [HTTP, TCP]),
    application('other', [HTTP]),
    application('anna', [HTTP]),
    application('boris', [HTTP]),
  ],
};

const ENTRANCE = `
apiVersion: networking.istio.io/v1alpha3
kind: Gateway
metadata: {name: entrance, namespace: default}
spec:
  selector: {istio: ingressgateway}
  servers:
  - port: {number: 8080, name: http, protocol: HTTP}
    hosts: ['*']
---
apiVersion: networking.istio.io/v1alpha3
kind: VirtualService
metadata: {name: entrance, namespace: default}
spec:
  hosts: ['*']
  gateways: [entrance]
  http:
  - route: [{destination: {host: echo}}]
`;

/**
 * A mesh of services that say what arrived: `echo` (HTTP on 8000; its TCP port 9000 is the service `echo-tcp`),
 * `other`, and two callers with accounts of their own, `anna` and `boris`. The gateway leads to `echo`.
 */
export const ECHO_MESH: MeshOptions = {
  files: { 'mesh.yaml': stringify(MESH), 'entrance.yaml': ENTRANCE },
  omit: ['bookinfo.yaml'],
};

/** What an echo says arrived. */
export type Echo = {
  readonly workload: string;
  readonly path: string;
  readonly attempt: number;
  /** A header as the application saw it; empty when it did not. */
  header(name: string): string;
};

/** Reads an echo's answer. Throws for anything else. */
export function readEcho(body: string): Echo {
  const value: unknown = JSON.parse(body);
  return {
    workload: text(value, 'workload'),
    path: text(value, 'path'),
    attempt: number(value, 'attempt'),
    header: (name) => text(field(value, 'headers'), name),
  };
}
