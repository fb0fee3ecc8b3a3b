import { basename } from 'node:path';
import { ruleFindings } from '@quintet/expr';
import {
  type ConfigObject,
  checkDocuments,
  createEnvoyValueCheck,
  ENVOY_FILTER,
  type Finding,
  formatIssue,
  type Issue,
  parseMeshConfig,
} from '@quintet/model';
import { type Command, OUTPUT_OPTION } from '../command.ts';
import { CommandFailure, EXIT } from '../exit.ts';
import { type InputFile, readInputFiles } from '../input-files.ts';
import { readMeshFile } from '../mesh/read-mesh-file.ts';
import { jsonText, wantsJson } from '../output/output-format.ts';

export const validate: Command = {
  usage: 'validate -f FILE|DIR... [-o json]',
  description: [
    'Checks configuration: strict decoding (unknown fields are named with their path), the rules of each',
    'kind, and what is accepted but not realised. Files named mesh.yaml and meshconfig.yaml are checked as',
    'what they are. The exit code is 1 when there is an error; warnings alone are fine.',
  ].join('\n'),
  options: {
    filename: {
      type: 'string',
      short: 'f',
      multiple: true,
      value: 'FILE|DIR',
      help: 'what to check; - is standard input',
    },
    ...OUTPUT_OPTION,
  },
  positionals: { least: 0, most: Number.POSITIVE_INFINITY },
  async run(input) {
    const { program, positionals, options } = input;
    const json = wantsJson(input);
    const paths = [...options('filename'), ...positionals];
    if (paths.length === 0) throw new CommandFailure(EXIT.usage, `usage: quintet ${validate.usage}`);
    const files = await readInputFiles(program, paths);
    const alsoCheck = await furtherChecks(files);
    const issues = files.flatMap((file) => checkFile(file, alsoCheck));
    if (json) program.out.write(jsonText(issues.map(issueJson)));
    else for (const issue of issues) program.out.write(`${formatIssue(issue)}\n`);
    if (issues.some(({ severity }) => severity === 'error')) return EXIT.failed;
    if (!json) program.err.write('configuration is valid\n');
    return EXIT.ok;
  },
};

type ObjectCheck = (object: ConfigObject) => readonly Finding[];

/** Envoy's messages are many: they are loaded only where something is patched with them. */
async function furtherChecks(files: readonly InputFile[]): Promise<ObjectCheck> {
  if (!files.some(({ text }) => text.includes(ENVOY_FILTER.kind))) return ruleFindings;
  const { envoyRegistry } = await import('@quintet/proto/envoy-registry');
  const envoyFindings = createEnvoyValueCheck(envoyRegistry);
  return (object) => [...ruleFindings(object), ...envoyFindings(object)];
}

function checkFile({ path, text }: InputFile, alsoCheck: ObjectCheck): readonly Issue[] {
  switch (basename(path)) {
    case 'mesh.yaml':
      return meshFileIssues({ path, text });
    case 'meshconfig.yaml':
      return parseMeshConfig(text, { file: path }).issues;
    default:
      return checkDocuments(text, { file: path, alsoCheck }).issues;
  }
}

function meshFileIssues({ path, text }: InputFile): Issue[] {
  const read = readMeshFile(text);
  if (read.ok) return [];
  return read.problems.map((message) => ({
    code: 'QTT1001',
    severity: 'error',
    path: '',
    message,
    origin: { file: path, line: 1 },
  }));
}

const LEVELS = { error: 'Error', warning: 'Warning', info: 'Info' } as const;

function issueJson({ code, severity, resource, path, message, origin }: Issue) {
  return {
    code,
    level: LEVELS[severity],
    ...(resource === undefined ? {} : { resource }),
    ...(origin === undefined ? {} : { file: origin.file, line: origin.line }),
    path,
    message,
  };
}
