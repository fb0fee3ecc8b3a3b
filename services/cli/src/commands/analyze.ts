import { MIXER_ANALYZER } from '@quintet/expr';
import {
  ANALYZERS,
  analyze,
  assembleWorld,
  ENVOY_FILTER,
  type Issue,
  type ParsedObject,
  type Severity,
  sortIssues,
  type WorldSource,
} from '@quintet/model';
import { systemClock } from '@quintet/runtime/command';
import { type FilesContent, readFiles, readMeshConfig } from '../analyze/read-files.ts';
import { readSuppressions } from '../analyze/suppression.ts';
import { valueAnalyzer } from '../analyze/value-analyzer.ts';
import type { Command, CommandInput } from '../command.ts';
import { CommandFailure, EXIT } from '../exit.ts';
import { readInputFile, readInputFiles } from '../input-files.ts';
import { objectCheck } from '../object-check.ts';
import { ISSUE_FORMAT_OPTIONS, issueFormat, issuesText, LEVELS } from '../output/issue-output.ts';
import { textTable } from '../output/text-table.ts';

export const analyzeCommand: Command = {
  usage: 'analyze FILE|DIR... [--use-kube] [--failure-threshold LEVEL] [-o json|yaml|log]',
  description: [
    'Looks for what does not fit in configuration: references to what is not there, objects that get into',
    "each other's way, routes that are never reached. It reads files, a live cluster, or both: then files count",
    "before the cluster's objects of the same name. Files may hold Services, Pods, Deployments, Namespaces and",
    'Secrets too. The exit code is 79 when something was found at or above the threshold.',
  ].join('\n'),
  options: {
    'use-kube': { type: 'boolean', short: 'k', help: 'read the cluster of the kubeconfig too' },
    kubeconfig: {
      type: 'string',
      short: 'c',
      value: 'FILE',
      help: 'which cluster (default: KUBECONFIG, ~/.kube/config, the pod)',
    },
    context: { type: 'string', value: 'NAME', help: 'context of the kubeconfig (default: the current one)' },
    namespace: {
      type: 'string',
      short: 'n',
      value: 'NAME',
      help: 'namespace of objects in files that name none; of the cluster only findings about it are shown',
    },
    'all-namespaces': {
      type: 'boolean',
      short: 'A',
      help: 'show findings about all namespaces, whatever -n says',
    },
    'failure-threshold': {
      type: 'string',
      value: 'LEVEL',
      help: 'exit with 79 from this level on: Info, Warning or Error (default: Warning)',
    },
    'output-threshold': {
      type: 'string',
      value: 'LEVEL',
      help: 'show findings from this level on (default: Info)',
    },
    ...ISSUE_FORMAT_OPTIONS,
    discovery: { type: 'boolean', short: 'd', help: 'accepted: the services of the input are always known' },
    suppress: {
      type: 'string',
      short: 'S',
      multiple: true,
      value: '"CODE=KIND NAME.NS"',
      help: 'leave out findings of a code about resources, * for any characters',
    },
    meshConfigFile: {
      type: 'string',
      value: 'FILE',
      help: 'the mesh configuration (default: ConfigMap istio of the input, else the defaults)',
    },
    'list-analyzers': { type: 'boolean', short: 'L', help: 'list the analysers and the codes they report' },
  },
  positionals: { least: 0, most: Number.POSITIVE_INFINITY },
  async run(input) {
    const { program, positionals, has } = input;
    if (has('list-analyzers')) {
      program.out.write(analyzerTable());
      return EXIT.ok;
    }
    if (positionals.length === 0 && !has('use-kube'))
      throw new CommandFailure(
        EXIT.usage,
        `expected files or --use-kube; usage: quintet ${analyzeCommand.usage}`,
      );
    const settings = readSettings(input);
    const issues = (await findIssues(input, settings.onlyNamespace)).filter(
      (issue) => !settings.suppressed(issue),
    );
    const shown = issues.filter(({ severity }) => atLeast(severity, settings.output));
    program.out.write(issuesText(shown, settings));
    const failing = issues.filter(({ severity }) => atLeast(severity, settings.failure));
    program.err.write(
      lastWords(input, { failing: failing.length, shown: shown.length, threshold: settings.failure }),
    );
    return failing.length > 0 ? EXIT.findings : EXIT.ok;
  },
};

function readSettings(input: CommandInput) {
  const { option, options, has } = input;
  return {
    ...issueFormat(input),
    failure: level(option('failure-threshold'), '--failure-threshold', 'warning'),
    output: level(option('output-threshold'), '--output-threshold', 'info'),
    suppressed: readSuppressions(options('suppress')),
    onlyNamespace: has('all-namespaces') ? undefined : option('namespace'),
  };
}

/** The least grave first. */
const SEVERITIES: readonly Severity[] = ['info', 'warning', 'error'];

function atLeast(severity: Severity, threshold: Severity): boolean {
  return SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(threshold);
}

function level(written: string | undefined, flag: string, preset: Severity): Severity {
  if (written === undefined) return preset;
  const known = SEVERITIES.find((severity) => severity === written.toLowerCase());
  if (known !== undefined) return known;
  throw new CommandFailure(EXIT.usage, `${flag} ${written}: expected Info, Warning or Error`);
}

/** Everything that is found; about objects of a cluster only where they are of the namespace asked for. */
async function findIssues(input: CommandInput, onlyNamespace: string | undefined): Promise<readonly Issue[]> {
  const { program, positionals, option, has } = input;
  const files = readFiles(await readInputFiles(program, positionals), option('namespace'));
  const given = option('meshConfigFile');
  const mesh: FilesContent =
    given === undefined ? files : readMeshConfig({ path: given, text: await readInputFile(program, given) });
  const cluster = has('use-kube') ? [await clusterSource(input, files.parsed)] : [];
  const { world, issues } = assembleWorld({
    sources: [{ parsed: files.parsed, complete: false }, ...cluster],
    now: systemClock.now(),
    ...(mesh.meshConfig && { meshConfig: mesh.meshConfig }),
    ...(files.domain && { domain: files.domain }),
  });
  const check = await objectCheck(world.objects.some(({ kind }) => kind === ENVOY_FILTER.kind));
  const found = [
    ...files.issues,
    ...(mesh === files ? [] : mesh.issues),
    ...issues,
    ...analyze(world, { alsoAnalyze: [valueAnalyzer(check), MIXER_ANALYZER] }),
  ];
  return sortIssues(found).filter(
    ({ resource, origin }) =>
      onlyNamespace === undefined ||
      origin !== undefined ||
      resource?.namespace === onlyNamespace ||
      isNamespace(resource, onlyNamespace),
  );
}

function isNamespace(resource: Issue['resource'], name: string): boolean {
  return resource?.kind === 'Namespace' && resource.name === name;
}

/** Loaded only when asked for: a client of Kubernetes is much code. */
async function clusterSource(
  { program, option }: CommandInput,
  besides: readonly ParsedObject[],
): Promise<WorldSource> {
  const { readCluster } = await import('../analyze/read-cluster.ts');
  const kubeconfig = option('kubeconfig');
  const context = option('context');
  const { parsed, warnings } = await readCluster({
    ...{ program, besides },
    ...(kubeconfig && { kubeconfig }),
    ...(context && { context }),
  });
  for (const warning of warnings) program.err.write(`quintet: ${warning}\n`);
  return { parsed, complete: warnings.length === 0 };
}

function analyzerTable(): string {
  const rows = [...ANALYZERS, valueAnalyzer(() => []), MIXER_ANALYZER].map(({ name, codes, summary }) => [
    name,
    codes.join(','),
    summary,
  ]);
  return textTable(['ANALYZER', 'CODES', 'FINDS'], rows);
}

function lastWords(
  { positionals, option, has }: CommandInput,
  counts: { readonly failing: number; readonly shown: number; readonly threshold: Severity },
): string {
  const namespace = has('all-namespaces') ? undefined : option('namespace');
  const cluster = namespace === undefined ? 'all namespaces' : `namespace: ${namespace}`;
  const what = [...positionals, ...(has('use-kube') ? [cluster] : [])].join(', ');
  if (counts.failing > 0)
    return `Error: Analyzers found issues when analyzing ${what}.\nSee docs/reference/issues.md for what the codes mean and what to do.\n`;
  if (counts.shown === 0) return `\u2714 No validation issues found when analyzing ${what}.\n`;
  return `\u2714 No issues at or above ${LEVELS[counts.threshold]} found when analyzing ${what}.\n`;
}
