import { BUS_METRICS } from '@quintet/bus';
import { ISSUE_CODES, RELAXED_RULES, realisationRows } from '@quintet/model';
import {
  CLASSIC_SERVER_FLAGS,
  type ClassicFlags,
  defineConfig,
  GRPC_SERVER_METRICS,
  type MetricDeclarations,
  type OptionRow,
  RUNTIME_METRICS,
  SERVICE_OPTIONS,
} from '@quintet/runtime';

/** What a service declares of itself, as its `config.ts` and `metrics.ts` say it. */
export type ServiceDeclarations = {
  readonly name: string;
  readonly config: {
    readonly description: string;
    readonly classic?: ClassicFlags;
    rows(): readonly OptionRow[];
  };
  readonly metrics: MetricDeclarations;
};

const PRINTED = 'Printed from the code: `npx vitest run test/arch -u` writes it anew.';

/** The reference pages by file name. */
export function referencePages(services: readonly ServiceDeclarations[]): Record<string, string> {
  return {
    'fields.md': fieldsPage(),
    'issues.md': issuesPage(),
    'flags.md': flagsPage(services),
    'metrics.md': metricsPage(services),
    'relaxed-rules.md': relaxedRulesPage(),
  };
}

function fieldsPage(): string {
  const kinds = Map.groupBy(realisationRows(), ({ kind }) => kind);
  const parts = [...kinds].map(([kind, rows]) => {
    const [whole] = rows.filter(({ field }) => field === '');
    if (whole) return `## ${kind}\n\nThe whole kind is ${whole.state}: ${whole.reason}.`;
    const lines = rows.map(({ field, state, reason }) => [code(field), state, reason]);
    return `## ${kind}\n\n${table(['field', 'state', 'why, or what to do instead'], lines)}`;
  });
  return page('Fields', [
    'Every field of every kind, and what becomes of it. *realised*: it does what it says. *reported*: it is accepted' +
      ' and has no effect, and whoever uses it is told so (QTT2001). *refused*: without an effect it would let in more' +
      ' than was asked for. An object that uses it is valid, and galley hands it out with a warning (QTT2002); pilot' +
      ' refuses it and keeps the last version that it realises, mixer denies what it would decide.' +
      ' `field=VALUE` is one value of a field.',
    ...parts,
  ]);
}

function issuesPage(): string {
  const lines = Object.entries(ISSUE_CODES).map(([name, { severity, title, template, advice }]) => {
    return [code(name), severity, title, template.replace(/%[vsqd]/g, '…'), advice];
  });
  return page('Issues', [
    'What can be wrong with configuration. The same codes and words are in `quintet validate` and `quintet analyze`, in the log, in events' +
      ' and on debug pages. `IST` codes are those of the classic analysis.',
    table(['code', 'severity', 'name', 'text', 'what to do'], lines),
  ]);
}

function flagsPage(services: readonly ServiceDeclarations[]): string {
  return page('Flags', [
    'A flag is given as `--flag=value` or `--flag value`, a list by several flags or with commas, a duration as `5s`,' +
      ' a size as `4MiB`. Flags of the classic components that have no effect here are accepted with a warning, or' +
      ' refused where someone would rely on what they did.',
    `## Every service\n\n${optionTable(defineConfig({ description: '', options: SERVICE_OPTIONS }).rows())}`,
    classicTable(CLASSIC_SERVER_FLAGS),
    ...services.flatMap(({ name, config }) => [
      `## ${name}\n\n${config.description}\n\n${optionTable(config.rows())}`,
      ...(config.classic === undefined ? [] : [classicTable(config.classic)]),
    ]),
  ]);
}

function optionTable(rows: readonly OptionRow[]): string {
  const lines = rows.map(({ flag, type, default: preset, env, description }) => {
    const names = flag.split(', ').map(code).join(', ');
    return [names, code(type), code(preset), code(env), description];
  });
  return table(['flag', 'type', 'default', 'environment', 'what it is for'], lines);
}

function classicTable(flags: ClassicFlags): string {
  const lines = Object.entries(flags).map(([name, { accepted, only, instead }]) => {
    const values = only === undefined ? 'accepted' : `accepted as ${only.map(code).join(', ')}`;
    return [code(`--${name}`), accepted ? values : 'refused', instead];
  });
  return `Classic flags:\n\n${table(['flag', 'what becomes of it', 'because'], lines)}`;
}

function metricsPage(services: readonly ServiceDeclarations[]): string {
  return page('Metrics', [
    'What every service shows on `:15014/metrics`. The metrics of the mesh itself (`istio_requests_total` and its' +
      ' siblings) are on `:42422/metrics` of mixer; they are configuration, see' +
      ' `deploy/local/config/mixer-telemetry.yaml`.',
    `## Every service\n\n${metricTable({ ...RUNTIME_METRICS, ...GRPC_SERVER_METRICS, ...BUS_METRICS })}`,
    ...services.map(({ name, metrics }) => `## ${name}\n\n${metricTable(metrics)}`),
  ]);
}

function metricTable(declarations: MetricDeclarations): string {
  const lines = Object.values(declarations)
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, kind, labels = [], help }) => [
      code(name),
      kind
        .replace(/^(?:observable|present)/, '')
        .toLowerCase()
        .replace('updowncounter', 'gauge'),
      labels.map(code).join(', '),
      help,
    ]);
  return table(['metric', 'type', 'labels', 'meaning'], lines);
}

function relaxedRulesPage(): string {
  const lines = RELAXED_RULES.map(({ kinds, field, classic, here }) => {
    return [kinds.join(', '), field.split(', ').map(code).join(', '), classic, here];
  });
  return page('Relaxed rules', [
    'Later releases of the API relaxed some rules of the classic one. The API server stores an object in one version and' +
      ' serves it in all, so the relaxed rule holds for every version of a kind, `v1alpha3` included. What the classic' +
      ' rule accepts means the same as before.',
    table(['kind', 'field', 'classic rule', 'rule here'], lines),
  ]);
}

function page(title: string, parts: readonly string[]): string {
  return `${[`# ${title}`, PRINTED, ...parts].join('\n\n')}\n`;
}

function table(head: readonly string[], lines: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...lines.map(line)].join('\n');
}

function code(text: string): string {
  return text === '' ? '' : `\`${text}\``;
}
