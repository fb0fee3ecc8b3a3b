import { withMeshBus } from '../ask/mesh-bus.ts';
import { missingPilots, type ProxyStatusRow, proxyStatusRows, STATUS_TYPES } from '../ask/proxy-status.ts';
import { type Command, MESH_OPTION, OUTPUT_OPTION } from '../command.ts';
import { EXIT } from '../exit.ts';
import { selectMesh } from '../mesh/mesh-state.ts';
import { jsonText, wantsJson } from '../output/output-format.ts';
import { textTable } from '../output/text-table.ts';

/** Replicas that are there answer within milliseconds; who has said nothing by then is named as missing. */
const ANSWER_LIMIT_MS = 2000;
const STALL_MS = 250;

export const proxyStatus: Command = {
  usage: 'proxy-status [-o json]',
  description: [
    'Shows every proxy of the mesh, and for each type of configuration whether the proxy has acknowledged what',
    'pilot sent last. What a proxy refused is named below the table.',
  ].join('\n'),
  options: { ...OUTPUT_OPTION, ...MESH_OPTION },
  positionals: { least: 0, most: 0 },
  async run(input) {
    const { program, option } = input;
    const json = wantsJson(input);
    const mesh = await selectMesh(program, option('mesh'));
    const replies = await withMeshBus(mesh, (bus) =>
      bus.requestMany('proxyStatus', {}, { timeoutMs: ANSWER_LIMIT_MS, stallMs: STALL_MS }),
    );
    const rows = proxyStatusRows(replies);
    const missing = missingPilots(replies);
    if (json) program.out.write(jsonText(rows));
    else program.out.write(statusTable(rows));
    if (replies.length === 0) program.err.write('quintet: no pilot answered\n');
    if (missing > 0) program.err.write(`quintet: the answer is partial: ${missing} pilots did not answer\n`);
    return replies.length === 0 ? EXIT.failed : EXIT.ok;
  },
};

function statusTable(rows: readonly ProxyStatusRow[]): string {
  const table = textTable(
    ['NAME', ...STATUS_TYPES, 'PILOT', 'VERSION'],
    rows.map(({ name, states, pilot, version }) => [
      name,
      ...STATUS_TYPES.map((type) => states[type]),
      pilot,
      version,
    ]),
  );
  const refused = rows.flatMap(({ name, rejections }) =>
    rejections.map(({ type, error, objects }) => {
      const because = objects.length === 0 ? '' : ` (from ${objects.join(', ')})`;
      return `${name} refused ${type}: ${error}${because}\n`;
    }),
  );
  return refused.length === 0 ? table : `${table}\n${refused.join('')}`;
}
