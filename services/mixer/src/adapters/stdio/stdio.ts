import { formatTimestamp, type Timestamp, timestamp, valueToJson } from '@quintet/expr';
import {
  Params_Level as Level,
  type Params,
  ParamsSchema,
  Params_Stream as Stream,
} from '@quintet/proto/adapter/stdio/config/config_pb.js';
import { readParams } from '../../templates/fields.ts';
import type { InstanceValue, Problem, Values } from '../../templates/template.ts';
import type { Adapter, Handler, HandlerEnv } from '../adapter.ts';

const LEVEL_NAMES: ReadonlyMap<Level, string> = new Map([
  [Level.INFO, 'info'],
  [Level.WARNING, 'warn'],
  [Level.ERROR, 'error'],
]);

/** Names of severities that count without `severityLevels`. */
const KNOWN_SEVERITIES: ReadonlyMap<string, Level> = new Map([
  ['info', Level.INFO],
  ['warning', Level.WARNING],
  ['warn', Level.WARNING],
  ['error', Level.ERROR],
]);

/** Writes log entries and metrics as lines of JSON to standard output, standard error or a file. */
export const STDIO: Adapter = {
  name: 'stdio',
  templates: ['logentry', 'metric'],
  configure: (params) => {
    const read = readParams(ParamsSchema, params);
    if ('problems' in read) return read;
    // JSON unless it is switched off, which the message itself cannot tell from not being said.
    const asJson = (params.outputAsJson ?? params.output_as_json) !== false;
    const problems = problemsOf(read.value);
    return problems.length > 0 ? { problems } : { problems, build: (env) => build(read.value, asJson, env) };
  },
};

function problemsOf(params: Params): readonly Problem[] {
  if (params.logStream === Stream.ROTATED_FILE) {
    return [
      { path: 'params.logStream', message: 'ROTATED_FILE is not realised; use FILE and rotate outside' },
    ];
  }
  if (params.logStream === Stream.FILE && params.outputPath === '') {
    return [{ path: 'params.outputPath', message: 'logStream FILE needs an output path' }];
  }
  return [];
}

function build(params: Params, asJson: boolean, env: HandlerEnv): Handler {
  const output = env.openOutput(target(params), (error) =>
    env.log.warn({ handler: env.name, err: error }, 'cannot write log entries'),
  );
  return {
    report: (instances) => {
      for (const instance of instances) {
        const line = lineOf(instance, params, () =>
          timestamp(BigInt(Math.trunc(env.clock.now())) * 1_000_000n),
        );
        if (line !== undefined && line.level >= params.outputLevel) output.write(format(line, asJson));
      }
    },
    close: () => output.close(),
  };
}

function target(params: Params): { stream: 'stdout' | 'stderr' } | { path: string } {
  if (params.logStream === Stream.FILE) return { path: params.outputPath };
  return { stream: params.logStream === Stream.STDERR ? 'stderr' : 'stdout' };
}

type Line = {
  readonly level: Level;
  readonly time: Timestamp;
  readonly instance: string;
  readonly values: Values;
};

function lineOf(instance: InstanceValue, params: Params, now: () => Timestamp): Line | undefined {
  if (instance.template === 'logentry') {
    const { severity, name, variables } = instance;
    const level =
      params.severityLevels[severity] ?? KNOWN_SEVERITIES.get(severity.toLowerCase()) ?? Level.INFO;
    const time = instance.timestamp.nanos === 0n ? now() : instance.timestamp;
    return { level, time, instance: name, values: variables };
  }
  if (instance.template !== 'metric') return undefined;
  const values = new Map([['value', instance.value], ...instance.dimensions]);
  return { level: params.metricLevel, time: now(), instance: instance.name, values };
}

function format({ level, time, instance, values }: Line, asJson: boolean): string {
  const head = { level: LEVEL_NAMES.get(level) ?? 'info', time: formatTimestamp(time), instance };
  const fields = Object.fromEntries(
    [...values].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, value]) => [name, valueToJson(value)]),
  );
  if (asJson) return JSON.stringify({ ...head, ...fields });
  return `${head.time}\t${head.level}\t${head.instance}\t${JSON.stringify(fields)}`;
}
