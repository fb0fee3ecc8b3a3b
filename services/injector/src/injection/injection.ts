import { createHash } from 'node:crypto';
import {
  type Finding,
  type Issue,
  issueFromFinding,
  meshConfigWithDefaults,
  parseMeshConfig,
} from '@quintet/model';
import { type InjectConfig, type InjectionSettings, parseInjectConfig, readSettings } from '@quintet/proxy';

/** What pods are injected with: one reading of all files. */
export type InjectionConfiguration = {
  readonly config: InjectConfig;
  readonly settings: InjectionSettings;
  /** Hash of everything that decides what a pod gets; in the status annotation of every pod. */
  readonly version: string;
};

/** One of the files, as it was read. Its name is for messages. */
export type SourceText = { readonly file: string; readonly text: string };

export type InjectionTexts = {
  readonly config?: SourceText;
  readonly values?: SourceText;
  readonly mesh?: SourceText;
};

export type LoadedInjection = {
  /** Undefined when an error is among the issues. */
  readonly configuration?: InjectionConfiguration;
  readonly issues: readonly Issue[];
};

/** Makes the configuration of the texts of its files; an absent file is one with nothing in it. Pure. */
export function loadInjection(texts: InjectionTexts): LoadedInjection {
  const config = parseInjectConfig(texts.config?.text ?? '');
  const mesh =
    texts.mesh === undefined
      ? { object: { spec: meshConfigWithDefaults() }, issues: [] }
      : parseMeshConfig(texts.mesh.text, { file: texts.mesh.file });
  const read = readSettings(texts.values?.text ?? '', mesh.object?.spec ?? meshConfigWithDefaults());
  const issues = [
    ...issuesOf(config.findings, texts.config),
    ...mesh.issues,
    ...issuesOf(read.findings, texts.values),
  ];
  const whole = config.config !== undefined && read.settings !== undefined && mesh.object !== undefined;
  if (!whole || issues.some(({ severity }) => severity === 'error')) return { issues };
  const parts = { config: config.config, settings: read.settings };
  return { configuration: { ...parts, version: hashOf(parts) }, issues };
}

function issuesOf(findings: readonly Finding[], source: SourceText | undefined): Issue[] {
  const file = source?.file ?? 'built-in defaults';
  return findings.map((finding) => issueFromFinding(finding, { origin: { file, line: finding.line ?? 1 } }));
}

function hashOf(parts: Omit<InjectionConfiguration, 'version'>): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
