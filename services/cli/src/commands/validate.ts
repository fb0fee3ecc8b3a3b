import { mixerConfigFindings } from '@quintet/expr';
import {
  type ConfigObject,
  checkDocuments,
  ENVOY_FILTER,
  type Finding,
  forgottenHosts,
  type Issue,
  issueFromFinding,
  type ParsedObject,
  parseDocuments,
  parseMeshConfig,
  parseMeshConfigMap,
  resourceKey,
} from '@quintet/model';
import type { Command } from '../command.ts';
import { configFileKind } from '../config-file-kind.ts';
import { CommandFailure, EXIT } from '../exit.ts';
import { type InputFile, readInputFiles } from '../input-files.ts';
import { meshFileIssues } from '../mesh/mesh-file-issues.ts';
import { readMeshFile } from '../mesh/read-mesh-file.ts';
import { type ObjectCheck, objectCheck } from '../object-check.ts';
import { ISSUE_FORMAT_OPTIONS, issueFormat, issuesText } from '../output/issue-output.ts';

export const validate: Command = {
  usage: 'validate -f FILE|DIR... [-o json|yaml|log]',
  description: [
    'Checks configuration: strict decoding (unknown fields are named with their path), the rules of each',
    'kind, and what is accepted but not realised. Files named mesh.yaml and meshconfig.yaml are checked as',
    'what they are, and so is what the ConfigMap istio holds. The exit code is 1 when there is an error; warnings',
    'alone are fine.',
  ].join('\n'),
  options: {
    filename: {
      type: 'string',
      short: 'f',
      multiple: true,
      value: 'FILE|DIR',
      help: 'what to check; - is standard input',
    },
    ...ISSUE_FORMAT_OPTIONS,
  },
  positionals: { least: 0, most: Number.POSITIVE_INFINITY },
  async run(input) {
    const { program, positionals, options } = input;
    const format = issueFormat(input);
    const paths = [...options('filename'), ...positionals];
    if (paths.length === 0) throw new CommandFailure(EXIT.usage, `usage: quintet ${validate.usage}`);
    const files = await readInputFiles(program, paths);
    const alsoCheck = await objectCheck(files.some(({ text }) => text.includes(ENVOY_FILTER.kind)));
    const checked = files.map((file) => checkFile(file, alsoCheck));
    const issues = [
      ...checked.flatMap((file) => file.issues),
      ...issuesTogether(checked.flatMap(({ parsed = [] }) => parsed)),
    ];
    program.out.write(issuesText(issues, { ...format, bare: true }));
    if (issues.some(({ severity }) => severity === 'error')) return EXIT.failed;
    if (format.format === 'log') program.err.write('configuration is valid\n');
    return EXIT.ok;
  },
};

type Checked = { readonly issues: readonly Issue[]; readonly parsed?: readonly ParsedObject[] };

function checkFile(file: InputFile, alsoCheck: ObjectCheck): Checked {
  const { path, text } = file;
  switch (configFileKind(file)) {
    case 'mesh':
      return { issues: meshFileIssues(readMeshFile(text), path) };
    case 'mesh-config':
      return { issues: parseMeshConfig(text, { file: path }).issues };
    case 'objects':
      return checkObjects(file, alsoCheck);
  }
}

function checkObjects({ path, text }: InputFile, alsoCheck: ObjectCheck): Checked {
  const checked = checkDocuments(text, { file: path, alsoCheck });
  if (!text.includes('ConfigMap')) return checked;
  const { parsed } = parseDocuments(text, { file: path, native: 'decode' });
  return {
    ...checked,
    issues: [...checked.issues, ...parsed.flatMap((each) => parseMeshConfigMap(each)?.issues ?? [])],
  };
}

/** What does not fit among the objects of all files. Those that are wrong by themselves are there all the same. */
function issuesTogether(parsed: readonly ParsedObject[]): readonly Issue[] {
  const places = new Map(
    parsed.flatMap((each) => (each.object === undefined ? [] : [[each.object, each] as const])),
  );
  const unreadable = new Set(
    parsed.flatMap(({ object, resource }) =>
      object === undefined && resource !== undefined ? [resourceKey(resource)] : [],
    ),
  );
  const found: readonly { readonly object: ConfigObject; readonly finding: Finding }[] = [
    ...forgottenHosts(places.keys()),
    ...mixerConfigFindings(places.keys(), { partial: true, unreadable }),
  ];
  return found.map(({ object, finding }) => {
    const place = places.get(object);
    const line = place?.lineOf(finding.path);
    return issueFromFinding({ ...finding, ...(line !== undefined && { line }) }, place ?? {});
  });
}
