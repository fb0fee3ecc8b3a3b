import { parseDocuments } from '../decode/documents.ts';
import { formatIssue } from '../format-issue.ts';
import type { Issue } from '../issue.ts';
import { analyze } from './analyze.ts';
import { type AssembleOptions, assembleWorld } from './world/assemble-world.ts';

/** Noon of a day in 2026, milliseconds since 1970. */
export const TEST_NOW = 1_785_585_600_000;

/** The findings about a file named `in.yaml`, and those of reading it. */
export function analyzeText(
  text: string,
  options: Partial<AssembleOptions> = {},
  complete = false,
): readonly Issue[] {
  const { parsed } = parseDocuments(text, { file: 'in.yaml', native: 'decode' });
  const { world, issues } = assembleWorld({ sources: [{ parsed, complete }], now: TEST_NOW, ...options });
  return [...issues, ...analyze(world)];
}

/** The findings as the command line prints them. */
export function lines(text: string, complete = false): readonly string[] {
  return analyzeText(text, {}, complete).map(formatIssue);
}

/** A manifest of one line a field: `kind`, `namespace/name`, spec as flow YAML. */
export function object(kind: string, name: string, spec: string, metadata = ''): string {
  const [namespace, own] = name.split('/');
  const apiVersion = VERSIONS[kind] ?? 'networking.istio.io/v1alpha3';
  return `---\napiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {namespace: ${namespace}, name: ${own}${metadata}}\nspec: ${spec}\n`;
}

const VERSIONS: Readonly<Record<string, string>> = {
  Service: 'v1',
  Pod: 'v1',
  Namespace: 'v1',
  Deployment: 'apps/v1',
  Policy: 'authentication.istio.io/v1alpha1',
  MeshPolicy: 'authentication.istio.io/v1alpha1',
  PeerAuthentication: 'security.istio.io/v1',
  ServiceRole: 'rbac.istio.io/v1alpha1',
  ServiceRoleBinding: 'rbac.istio.io/v1alpha1',
};

/** A Service with port 80 named `http` that selects `app: <name>`. */
export function service(name: string, ports = '[{name: http, port: 80}]'): string {
  const [, own] = name.split('/');
  return object('Service', name, `{selector: {app: ${own}}, ports: ${ports}}`);
}

/** A pod with labels, and with a proxy unless told otherwise. */
export function pod(
  name: string,
  labels: string,
  containers = '[{name: istio-proxy, image: envoy}]',
): string {
  return object('Pod', name, `{containers: ${containers}}`, `, labels: ${labels}`);
}
