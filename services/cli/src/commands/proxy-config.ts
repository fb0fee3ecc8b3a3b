import { errorText } from '@quintet/runtime/command';
import { type Command, type CommandInput, MESH_OPTION, OUTPUT_OPTION } from '../command.ts';
import {
  clusterTable,
  endpointTable,
  listenerTable,
  type ProxyTable,
  routeTable,
} from '../envoy/proxy-tables.ts';
import { CommandFailure, EXIT } from '../exit.ts';
import { type MeshState, selectMesh, type WorkloadState } from '../mesh/mesh-state.ts';
import { httpGet } from '../net/http-get.ts';
import { jsonText, wantsJson } from '../output/output-format.ts';
import { textTable } from '../output/text-table.ts';

const ANSWER_LIMIT_MS = 5000;

type View = {
  /** What it is called on the command line. */
  readonly names: readonly string[];
  /** Path of Envoy's admin interface. */
  readonly path: string;
  readonly table: (answer: unknown) => ProxyTable;
  /** Flags that filter rows. */
  readonly filters: readonly string[];
};

const VIEWS: readonly View[] = [
  {
    names: ['clusters', 'cluster', 'c'],
    path: '/config_dump',
    table: clusterTable,
    filters: ['fqdn', 'port', 'subset', 'direction'],
  },
  {
    names: ['listeners', 'listener', 'l'],
    path: '/config_dump',
    table: listenerTable,
    filters: ['address', 'port', 'type'],
  },
  { names: ['routes', 'route', 'r'], path: '/config_dump', table: routeTable, filters: ['name'] },
  {
    names: ['endpoints', 'endpoint', 'ep'],
    path: '/clusters?format=json',
    table: endpointTable,
    filters: ['address', 'port', 'cluster', 'status'],
  },
];

export const proxyConfig: Command = {
  usage: 'proxy-config clusters|listeners|routes|endpoints WORKLOAD [filters] [-o json]',
  description: [
    'Shows what the Envoy of a workload has in force, asked of Envoy itself. WORKLOAD is NAME or',
    'NAME.NAMESPACE. Filters keep the rows with exactly that value.',
  ].join('\n'),
  options: {
    fqdn: { type: 'string', value: 'HOST', help: 'clusters of one host' },
    direction: { type: 'string', value: 'WAY', help: 'clusters: inbound or outbound' },
    subset: { type: 'string', value: 'NAME', help: 'clusters of one subset' },
    port: { type: 'string', value: 'PORT', help: 'clusters, listeners or endpoints of one port' },
    address: { type: 'string', value: 'IP', help: 'listeners or endpoints of one address' },
    type: { type: 'string', value: 'TYPE', help: 'listeners: HTTP, TCP or UNKNOWN' },
    name: { type: 'string', value: 'NAME', help: 'one route table' },
    cluster: { type: 'string', value: 'NAME', help: 'endpoints of one cluster' },
    status: { type: 'string', value: 'STATUS', help: 'endpoints that are healthy, unhealthy …' },
    ...OUTPUT_OPTION,
    ...MESH_OPTION,
  },
  positionals: { least: 2, most: 2 },
  async run(input) {
    const { program, positionals, option } = input;
    const [what = '', name = ''] = positionals;
    const view = VIEWS.find(({ names }) => names.includes(what));
    if (view === undefined) {
      const known = VIEWS.map(({ names: [first] }) => first).join(', ');
      throw new CommandFailure(EXIT.usage, `unknown view "${what}"; one of ${known}`);
    }
    const json = wantsJson(input);
    const wanted = filtersOf(input, view);
    const workload = findWorkload(await selectMesh(program, option('mesh')), name);
    const table = view.table(await askEnvoy(workload, view.path));
    const rows = table.rows.filter(({ keys }) =>
      wanted.every(([flag, value]) => keys[flag]?.toLowerCase() === value.toLowerCase()),
    );
    if (json) program.out.write(jsonText(rows.map((row) => row.json)));
    else {
      const cells = rows.map((row) => row.cells);
      program.out.write(`${table.note === '' ? '' : `${table.note}\n`}${textTable(table.header, cells)}`);
    }
    return EXIT.ok;
  },
};

const FILTER_FLAGS = [...new Set(VIEWS.flatMap(({ filters }) => filters))];

/** The filters that were given. Throws CommandFailure for one that the view does not have. */
function filtersOf({ option }: CommandInput, view: View): (readonly [string, string])[] {
  return FILTER_FLAGS.flatMap((flag) => {
    const value = option(flag);
    if (value === undefined) return [];
    if (view.filters.includes(flag)) return [[flag, value] as const];
    throw new CommandFailure(EXIT.usage, `--${flag} does not filter ${view.names[0]}`);
  });
}

function findWorkload(mesh: MeshState, name: string): WorkloadState {
  const found = mesh.workloads.filter((one) => name === one.name || name === `${one.name}.${one.namespace}`);
  const [first] = found;
  if (first !== undefined && found.length === 1) return first;
  const known = (found.length > 1 ? found : mesh.workloads).map((one) => `${one.name}.${one.namespace}`);
  const problem = found.length > 1 ? 'is ambiguous' : 'is unknown';
  throw new CommandFailure(EXIT.failed, `workload "${name}" ${problem}; one of ${known.join(', ')}`);
}

async function askEnvoy({ name, namespace, adminSocket }: WorkloadState, path: string): Promise<unknown> {
  try {
    const { status, body } = await httpGet({ socket: adminSocket, path }, { timeoutMs: ANSWER_LIMIT_MS });
    if (status !== 200) throw new Error(`status ${status}`);
    return JSON.parse(body);
  } catch (error) {
    throw new CommandFailure(
      EXIT.failed,
      `the Envoy of ${name}.${namespace} does not answer: ${errorText(error)}`,
    );
  }
}
