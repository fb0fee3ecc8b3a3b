import { toJson } from '@bufbuild/protobuf';
import { timestampDate } from '@bufbuild/protobuf/wkt';
import { type Event, EventSchema, Severity } from '@quintet/proto/quintet/events/v1/events_pb.js';
import { withMeshBus } from '../ask/mesh-bus.ts';
import { type Command, MESH_OPTION, OUTPUT_OPTION } from '../command.ts';
import { CommandFailure, EXIT } from '../exit.ts';
import { selectMesh } from '../mesh/mesh-state.ts';
import { wantsJson } from '../output/output-format.ts';

export const events: Command = {
  usage: 'events [--follow] [--last N] [--service NAME] [-o json]',
  description: [
    'Shows what happened in the mesh: configuration applied or rejected, pushes, certificates, denials.',
    'One line an event, the oldest first; with -o json one JSON object a line.',
  ].join('\n'),
  options: {
    follow: { type: 'boolean', short: 'f', help: 'go on with what comes, until Ctrl-C' },
    last: { type: 'string', value: 'N', help: 'begin with the N latest (default: all that are kept)' },
    service: { type: 'string', value: 'NAME', help: 'only events of one service' },
    ...OUTPUT_OPTION,
    ...MESH_OPTION,
  },
  positionals: { least: 0, most: 0 },
  async run(input) {
    const { program, option, has } = input;
    const json = wantsJson(input);
    const last = wholeNumber(option('last'));
    const service = option('service');
    const mesh = await selectMesh(program, option('mesh'));
    const signal = program.stopSignal();
    await withMeshBus(mesh, async (bus) => {
      const replay = bus.replay('event', {
        follow: has('follow'),
        signal,
        ...(last === undefined ? {} : { last }),
        ...(service === undefined ? {} : { params: { service } }),
      });
      for await (const event of replay) program.out.write(json ? jsonLine(event) : eventLine(event));
    });
    return EXIT.ok;
  },
};

function wholeNumber(text: string | undefined): number | undefined {
  if (text === undefined || /^\d{1,9}$/.test(text)) return text === undefined ? undefined : Number(text);
  throw new CommandFailure(EXIT.usage, `--last ${text}: expected a whole number`);
}

const SEVERITIES: Readonly<Record<Severity, string>> = {
  [Severity.UNSPECIFIED]: '',
  [Severity.INFO]: 'info',
  [Severity.WARNING]: 'warning',
  [Severity.ERROR]: 'error',
};

/** `2024-05-01T10:00:00.000Z  warning  pilot  config.rejected  <message>`. */
export function eventLine(event: Event): string {
  const time = event.time === undefined ? '' : timestampDate(event.time).toISOString();
  const columns = [
    time,
    SEVERITIES[event.severity].padEnd(7),
    event.service.padEnd(9),
    event.type,
    event.message,
  ];
  return `${columns.join('  ').replaceAll('\n', ' ')}\n`;
}

function jsonLine(event: Event): string {
  return `${JSON.stringify(toJson(EventSchema, event))}\n`;
}
