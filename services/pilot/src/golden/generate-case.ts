import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type DescMessage, type MessageShape, toBinary, toJson } from '@bufbuild/protobuf';
import {
  type ConfigObject,
  checkDocuments,
  type Issue,
  isOfSchema,
  MESH_CONFIG,
  meshConfigWithDefaults,
  parseMeshConfig,
} from '@quintet/model';
import { ClusterSchema } from '@quintet/proto/envoy/config/cluster/v3/cluster_pb.js';
import { ClusterLoadAssignmentSchema } from '@quintet/proto/envoy/config/endpoint/v3/endpoint_pb.js';
import { ListenerSchema } from '@quintet/proto/envoy/config/listener/v3/listener_pb.js';
import { RouteConfigurationSchema } from '@quintet/proto/envoy/config/route/v3/route_pb.js';
import { envoyRegistry } from '@quintet/proto/envoy-registry';
import type { ProxyNode } from '@quintet/proxy';
import type { GoldenCase } from '@quintet/testkit';
import { parse, stringify } from 'yaml';
import { loadAssignment } from '../envoy/load-assignment.ts';
import { type Spelled, spell } from '../envoy/spell.ts';
import { sidecar } from '../fixture/world.ts';
import { endpointsFor } from '../plan/endpoints-for.ts';
import { planProxy } from '../plan/plan-proxy.ts';
import { scopeFor } from '../scope/scope-for.ts';
import { buildSnapshot } from '../snapshot/build-snapshot.ts';
import { reasonsToRefuse } from '../store/refusal.ts';

/** Written by hand: the configuration, the mesh config over its defaults, and the proxy where it is not the usual sidecar. */
export const INPUTS = ['in.yaml', 'proxy.yaml', 'meshconfig.yaml'];

/** The input of a case, checked as galley and pilot's store do: objects that either would refuse are not in it. */
export type CaseInput = {
  readonly objects: readonly ConfigObject[];
  readonly mesh?: ConfigObject;
  readonly proxy: ProxyNode;
  readonly issues: readonly Issue[];
};

export async function readCase(one: GoldenCase): Promise<CaseInput> {
  const { objects: valid, issues } = checkDocuments(await one.read('in.yaml'), { file: 'in.yaml' });
  const objects = valid.filter((object) => reasonsToRefuse(object).length === 0);
  const proxy = await proxyOf(one);
  if (!existsSync(join(one.directory, 'meshconfig.yaml'))) return { objects, proxy, issues };
  const mesh = parseMeshConfig(await one.read('meshconfig.yaml'), { file: 'meshconfig.yaml' });
  return { objects, proxy, issues: [...issues, ...mesh.issues], ...(mesh.object && { mesh: mesh.object }) };
}

/** All stages for one proxy, as text by file name: the plan, what Envoy gets, and what is wrong with the input. */
export async function generateCase(one: GoldenCase): Promise<Record<string, string>> {
  const input = await readCase(one);
  const { snapshot, plan, spelled, assignments } = runStages(input);
  const { clusters, listeners, routes } = spelled;
  return {
    'plan.yaml': yaml({ listeners: plan.listeners, routeTables: plan.routeTables, clusters: plan.clusters }),
    'cds.yaml': resources(ClusterSchema, messages(clusters)),
    'eds.yaml': resources(ClusterLoadAssignmentSchema, assignments),
    'lds.yaml': resources(ListenerSchema, messages(listeners)),
    'rds.yaml': resources(RouteConfigurationSchema, messages(routes)),
    'issues.yaml': yaml([...input.issues, ...snapshot.issues, ...plan.issues].map(issueLine)),
  };
}

/** What the proxy of a case is handed, in a form that can be compared. */
export function outcome(input: CaseInput): string {
  const { spelled, assignments } = runStages(input);
  const bytes = [
    ...spelled.clusters.map(({ message }) => toBinary(ClusterSchema, message)),
    ...spelled.listeners.map(({ message }) => toBinary(ListenerSchema, message)),
    ...spelled.routes.map(({ message }) => toBinary(RouteConfigurationSchema, message)),
    ...assignments.map((message) => toBinary(ClusterLoadAssignmentSchema, message)),
  ];
  return Buffer.concat(bytes).toString('base64');
}

function runStages({ objects, mesh, proxy }: CaseInput) {
  const meshConfig =
    mesh !== undefined && isOfSchema(mesh, MESH_CONFIG.schema) ? mesh.spec : meshConfigWithDefaults();
  const snapshot = buildSnapshot({ objects, meshConfig });
  const plan = planProxy(scopeFor(snapshot, proxy));
  const assignments = plan.clusters.flatMap(({ name, discovery }) =>
    discovery.kind === 'endpoints' ? [loadAssignment(name, endpointsFor(snapshot, discovery.selection))] : [],
  );
  return { snapshot, plan, spelled: spell(plan), assignments };
}

async function proxyOf(one: GoldenCase): Promise<ProxyNode> {
  const given = existsSync(join(one.directory, 'proxy.yaml')) ? parse(await one.read('proxy.yaml')) : {};
  return sidecar({ addresses: ['127.9.0.1'], ...given });
}

function messages<Message>(spelled: readonly Spelled<Message>[]): Message[] {
  return spelled.map(({ message }) => message);
}

function resources<Desc extends DescMessage>(schema: Desc, all: readonly MessageShape<Desc>[]): string {
  return yaml(all.map((one) => toJson(schema, one, { registry: envoyRegistry })));
}

function issueLine(issue: Issue): string {
  const { code, severity, resource, path, message } = issue;
  const about = resource ? `${resource.kind} ${resource.namespace}/${resource.name}` : 'in.yaml';
  return `${severity} ${code} ${about} ${path}: ${message}`;
}

/** No file for nothing. */
function yaml(value: object): string {
  if (Array.isArray(value) && value.length === 0) return '';
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
}
