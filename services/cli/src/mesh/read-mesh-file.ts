import { isHttpProtocol, labelsMatch } from '@quintet/model';
import { parseDocument } from 'yaml';
import { type FieldReader, fieldReader } from './field-reader.ts';
import {
  type MeshSpec,
  OPTIONAL_SERVICES,
  type PortSpec,
  type ServiceSpec,
  type WorkloadSpec,
} from './mesh-spec.ts';
import { PLACEHOLDERS, unknownPlaceholders } from './placeholders.ts';
import { portProtocol } from './port-protocol.ts';

/** A mesh, or everything that is wrong with the file, one line each: `workloads[2].ports[0].number: …`. */
export type ReadMesh =
  | { readonly ok: true; readonly mesh: MeshSpec }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Workloads have one number each in the last part of an address. */
const MOST_WORKLOADS = 250;
const DNS_LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const PORT = { least: 1, most: 65_535 };

/** Reads the text of a `mesh.yaml`. */
export function readMeshFile(text: string): ReadMesh {
  const document = parseDocument(text, { prettyErrors: true });
  const [error] = document.errors;
  if (error !== undefined) return { ok: false, problems: [error.message.split('\n')[0] ?? error.message] };
  const problems: string[] = [];
  const fields = fieldReader(document.toJS() ?? {}, '', problems);
  const mesh: MeshSpec = {
    domain: fields.text('domain', 'cluster.local'),
    trustDomain: fields.text('trustDomain', 'cluster.local'),
    page: fields.optionalText('page'),
    services: fields.items('services', readService),
    workloads: fields.items('workloads', readWorkload),
    without: fields.choices('without', OPTIONAL_SERVICES),
    flags: fields.lists('flags'),
  };
  fields.finish();
  if (problems.length === 0) problems.push(...checkMesh(mesh));
  return problems.length === 0 ? { ok: true, mesh } : { ok: false, problems };
}

function readService(fields: FieldReader): ServiceSpec {
  const service = {
    name: readName(fields, 'name'),
    namespace: readName(fields, 'namespace', 'default'),
    selector: fields.texts('selector'),
    ports: fields.items('ports', readPort),
  };
  if (Object.keys(service.selector).length === 0) fields.problem('selector', 'expected at least one label');
  if (service.ports.length === 0) fields.problem('ports', 'expected at least one port');
  return service;
}

function readWorkload(fields: FieldReader): WorkloadSpec {
  const kind = fields.choice('kind', ['application', 'gateway'], 'application');
  const workload = {
    kind,
    name: readName(fields, 'name'),
    namespace: readName(fields, 'namespace', 'default'),
    serviceAccount: fields.text('serviceAccount', 'default'),
    labels: fields.texts('labels'),
    ports: fields.items('ports', readPort),
    command: fields.list('command'),
    env: fields.texts('env'),
  };
  for (const [key, texts] of Object.entries({
    command: workload.command,
    env: Object.values(workload.env),
  })) {
    for (const name of texts.flatMap(unknownPlaceholders)) {
      fields.problem(key, `nothing is known as "${name}" (known: ${PLACEHOLDERS.join(', ')})`);
    }
  }
  if (kind === 'application' && workload.command.length === 0) {
    fields.problem('command', 'expected the program to run and its arguments');
  }
  if (kind === 'gateway' && workload.command.length > 0) {
    fields.problem('command', 'a gateway runs no program of its own');
  }
  return workload;
}

function readPort(fields: FieldReader): PortSpec {
  const port = { name: readName(fields, 'name'), number: fields.number('number', PORT) };
  if (portProtocol(port) === 'udp') fields.problem('name', 'a sidecar does not carry UDP');
  return port;
}

function readName(fields: FieldReader, key: string, fallback?: string): string {
  const name = fields.text(key, fallback);
  if (name !== '' && !DNS_LABEL.test(name)) {
    fields.problem(key, `"${name}" is not a DNS label (small letters, digits and dashes)`);
  }
  return name;
}

/** What is wrong between objects. */
function checkMesh({ services, workloads, page }: MeshSpec): string[] {
  const problems: string[] = [];
  if (page !== '' && !page.startsWith('/'))
    problems.push(`page: expected a path such as /home, found "${page}"`);
  if (page !== '' && !workloads.some(({ kind, ports }) => kind === 'gateway' && ports.length > 0)) {
    problems.push('page: there is no gateway with a port to ask');
  }
  if (workloads.length > MOST_WORKLOADS)
    problems.push(`workloads: at most ${MOST_WORKLOADS} fit into one mesh`);
  problems.push(...duplicates('workloads', workloads), ...duplicates('services', services));
  services.forEach((service, index) => {
    const chosen = workloads.filter(
      ({ namespace, labels }) => namespace === service.namespace && labelsMatch(service.selector, labels),
    );
    if (chosen.length === 0) problems.push(`services[${index}].selector: no workload has these labels`);
    for (const port of service.ports) {
      for (const workload of chosen.filter(
        ({ ports }) => !ports.some(({ number }) => number === port.number),
      )) {
        problems.push(`services[${index}].ports: workload ${workload.name} has no port ${port.number}`);
      }
    }
  });
  return [...problems, ...conflictingPorts(services)];
}

type Placed = { readonly name: string; readonly namespace: string };

function duplicates(list: string, objects: readonly Placed[]): string[] {
  const seen = new Set<string>();
  return objects.flatMap(({ name, namespace }, index) => {
    const key = `${namespace}/${name}`;
    if (seen.has(key))
      return [`${list}[${index}].name: "${name}" is there already in namespace ${namespace}`];
    seen.add(key);
    return [];
  });
}

/**
 * A workload reaches all services by one address of its own: services that share a port number are told apart by the
 * `Host` header, which only HTTP has.
 */
function conflictingPorts(services: readonly ServiceSpec[]): string[] {
  const owners = new Map<number, { readonly service: string; readonly http: boolean }>();
  return services.flatMap((service, index) =>
    service.ports.flatMap((port, portIndex) => {
      const http = isHttpProtocol(portProtocol(port));
      const owner = owners.get(port.number);
      owners.set(port.number, owner ?? { service: service.name, http });
      if (owner === undefined || (owner.http && http)) return [];
      const path = `services[${index}].ports[${portIndex}].number`;
      return [
        `${path}: ${port.number} is taken by service ${owner.service}; only HTTP services can share a port`,
      ];
    }),
  );
}
