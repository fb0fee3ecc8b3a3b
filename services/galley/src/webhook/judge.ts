import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import type { AdmissionRequest } from '@quintet/kube';
import {
  type ConfigObject,
  checkJsonObject,
  type Finding,
  type Issue,
  type Kind,
  type ParsedObject,
} from '@quintet/model';

/** Why an object is refused, or not judged: the classic values of the metric's label. */
export type Reason =
  | 'unsupported_operation'
  | 'yaml_decode_error'
  | 'unknown_type'
  | 'unknown_fields'
  | 'crd_conversion_error'
  | 'invalid_resource';

/** What the webhook thinks of one object. */
export type Verdict =
  | {
      readonly allowed: true;
      /** What is odd about the object, for whoever wrote it. */
      readonly warnings: readonly string[];
      /** Present when the object was not judged. */
      readonly reason?: 'unsupported_operation';
    }
  | { readonly allowed: false; readonly reason: Reason; readonly message: string };

export type JudgeOptions = {
  /** The kinds that this path takes. */
  readonly kinds: readonly Kind[];
  /** Checks that need more than the object alone, such as those of mixer's references. */
  readonly alsoCheck?: AdmissionCheck;
};

const TOP_LEVEL = ['apiVersion', 'kind', 'metadata', 'spec', 'status'];
/** What a terminal shows of one refusal; the rest is counted. */
const MOST_SHOWN = 10;

/** Checks an object beyond its own rules; of one that is only tried nothing is remembered. */
export type AdmissionCheck = (
  object: ConfigObject,
  options: { readonly isDryRun: boolean },
) => readonly Finding[];

/**
 * Judges the object of a review as the classic webhook does. Only the object and what the checks know count. Unlike there
 * an object that is being deleted may be wrong: refused, its finalizers could not be taken off, and it would stay for ever.
 */
export function judge(request: AdmissionRequest, options: JudgeOptions): Verdict {
  const { operation, object } = request;
  if (operation !== 'CREATE' && operation !== 'UPDATE')
    return { allowed: true, warnings: [], reason: 'unsupported_operation' };
  const verdict = judgeObject(request, options);
  if (verdict.allowed || operation !== 'UPDATE' || !isBeingDeleted(object)) return verdict;
  return { allowed: true, warnings: [verdict.message] };
}

function judgeObject({ object, namespace, dryRun }: AdmissionRequest, options: JudgeOptions): Verdict {
  if (!isMap(object)) {
    const message = `error decoding configuration: request.object: expected an object, found ${described(object)}`;
    return { allowed: false, reason: 'yaml_decode_error', message };
  }
  if (!isTaken(object, options.kinds)) return unrecognised(object);
  const unknown = Object.keys(object).filter((key) => !TOP_LEVEL.includes(key));
  if (unknown.length > 0) {
    const found = listed(unknown.map((key) => JSON.stringify(cut(key))));
    const message = `configuration is invalid: unknown fields ${found}; expected ${TOP_LEVEL.join(', ')}`;
    return { allowed: false, reason: 'unknown_fields', message };
  }
  let decoded = false;
  const parsed = checkJsonObject(object, {
    file: '',
    defaultNamespace: namespace,
    foreign: 'report',
    unknownFields: 'warning',
    alsoCheck(made) {
      decoded = true;
      return options.alsoCheck?.(made, { isDryRun: dryRun }) ?? [];
    },
  });
  return parsed === undefined ? unrecognised(object) : verdictOf(parsed, decoded);
}

function verdictOf({ object, issues }: ParsedObject, decoded: boolean): Verdict {
  if (object !== undefined) return { allowed: true, warnings: issues.map(textOf) };
  const errors = issues.filter(({ severity }) => severity === 'error');
  const text = listed(errors.map(textOf), '; ');
  const codes = new Set(errors.map(({ code }) => code));
  if (codes.has('QTT1002'))
    return { allowed: false, reason: 'unknown_type', message: `unrecognized type: ${text}` };
  if (codes.has('QTT1001'))
    return { allowed: false, reason: 'yaml_decode_error', message: `error decoding configuration: ${text}` };
  return decoded || codes.has('QTT1003')
    ? { allowed: false, reason: 'invalid_resource', message: `configuration is invalid: ${text}` }
    : { allowed: false, reason: 'crd_conversion_error', message: `error decoding configuration: ${text}` };
}

/** Only the API server sets the time, and it never takes it back. */
function isBeingDeleted(object: JsonValue | undefined): boolean {
  const metadata = isMap(object) ? object.metadata : undefined;
  return isMap(metadata) && typeof metadata.deletionTimestamp === 'string';
}

function isTaken(object: JsonObject, kinds: readonly Kind[]): boolean {
  const { apiVersion, kind } = object;
  if (typeof apiVersion !== 'string') return false;
  const group = apiVersion.slice(0, Math.max(0, apiVersion.indexOf('/')));
  return kinds.some((row) => row.kind === kind && row.group === group);
}

function unrecognised({ apiVersion, kind }: JsonObject): Verdict {
  const name = [apiVersion, kind].map((part) => (typeof part === 'string' ? cut(part) : described(part)));
  return { allowed: false, reason: 'unknown_type', message: `unrecognized type ${name.join(' ')}` };
}

function textOf({ path, message }: Issue): string {
  return path === '' ? message : `${path}: ${message}`;
}

function listed(texts: readonly string[], separator = ', '): string {
  const more = texts.length - MOST_SHOWN;
  return [...texts.slice(0, MOST_SHOWN), ...(more > 0 ? [`and ${more} more`] : [])].join(separator);
}

function cut(text: string): string {
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}

function isMap(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What is shown of a value of the wrong type; lists and objects may be as deep as their sender likes. */
function described(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : cut(JSON.stringify(value));
}
