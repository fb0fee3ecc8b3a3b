import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import { type Issue, issueCodeRow, issueText } from '@quintet/model';

/** How many proxies have a version. */
export type Distributed = {
  readonly acknowledged: number;
  readonly total: number;
  /** Whether every pilot has told of this version and all its proxies have accepted it. */
  readonly complete: boolean;
};

/** What galley thinks of one object. */
export type Opinion = {
  /** `applied`: what is there is handed out. `held`: an older version is. `rejected`: nothing is. */
  readonly state: 'applied' | 'held' | 'rejected';
  readonly issues: readonly Issue[];
  /** Counted by the API server; what the opinion is about. */
  readonly generation: number;
  /** Absent when no pilot has told anything. */
  readonly distributed?: Distributed;
};

type Condition = {
  readonly type: string;
  readonly status: 'True' | 'False';
  readonly reason: string;
  readonly message: string;
};

/** Where the codes are explained. */
const DOCUMENTATION = 'docs/reference/issues.md';
const OURS = ['Accepted', 'Reconciled'];
const MOST_MESSAGES = 32;

/**
 * The status of an object: conditions `Accepted` and `Reconciled` (times and conditions of others are kept from
 * `before`), the issues as `validationMessages`, and how many proxies have the object. `now` is in milliseconds since
 * 1970 and dates conditions that are new or have turned.
 */
export function statusOf(opinion: Opinion, before: JsonValue | undefined, now: number): JsonObject {
  const { issues, generation, distributed } = opinion;
  const known = isMap(before) ? before : {};
  const conditions = Array.isArray(known.conditions) ? known.conditions : [];
  const others = conditions.filter((each) => !(isMap(each) && OURS.some((type) => type === each.type)));
  const own = [acceptedOf(opinion), reconciledOf(opinion)].filter((condition) => condition !== undefined);
  const shown = [...issues].sort((a, b) => rank(a) - rank(b)).slice(0, MOST_MESSAGES);
  const { validationMessages: _messages, distribution: _distribution, ...rest } = known;
  return {
    ...rest,
    conditions: [...others, ...own.map((condition) => dated(condition, conditions, { generation, now }))],
    ...(shown.length > 0 && { validationMessages: shown.map(messageOf) }),
    observedGeneration: generation,
    ...(distributed && {
      distribution: { acknowledged: distributed.acknowledged, total: distributed.total },
    }),
  };
}

/**
 * Whether a status says the same as what is there, so that nothing has to be written. That more or fewer proxies have
 * an object that all of them have is no news: proxies come and go, and every object would be written each time.
 */
export function saysTheSame(present: JsonValue | undefined, next: JsonObject): boolean {
  return canonical(gist(present)) === canonical(gist(next));
}

function gist(status: JsonValue | undefined): JsonValue {
  if (!isMap(status)) return null;
  const { distribution, conditions, ...rest } = status;
  const whole = isMap(distribution) && distribution.acknowledged === distribution.total;
  return {
    ...rest,
    distribution: whole ? 'all' : (distribution ?? null),
    conditions: (Array.isArray(conditions) ? conditions : []).map((condition) => {
      if (!isMap(condition)) return condition;
      const { lastTransitionTime: _time, message, ...said } = condition;
      return condition.type === 'Reconciled' && condition.status === 'True'
        ? said
        : { ...said, message: message ?? '' };
    }),
  };
}

function acceptedOf({ state, issues }: Opinion): Condition {
  const type = 'Accepted';
  if (state === 'applied') return { type, status: 'True', reason: 'Valid', message: 'it is handed out' };
  const errors = issues.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  const what = state === 'held' ? 'its last good version stays in use' : 'it is not in use';
  const message = first === undefined ? what : `${issueText(first)}${more}; ${what}`;
  return { type, status: 'False', reason: state === 'held' ? 'LastGoodKept' : 'Invalid', message };
}

function reconciledOf({ state, distributed }: Opinion): Condition | undefined {
  const type = 'Reconciled';
  if (state !== 'applied')
    return { type, status: 'False', reason: 'NotAccepted', message: 'proxies do not get what is wrong' };
  if (distributed === undefined) return undefined;
  const { acknowledged, total, complete } = distributed;
  const message = `${acknowledged} of ${total} proxies have it`;
  return complete
    ? { type, status: 'True', reason: 'Distributed', message }
    : { type, status: 'False', reason: 'InProgress', message };
}

function dated(
  condition: Condition,
  before: readonly JsonValue[],
  { generation, now }: { readonly generation: number; readonly now: number },
): JsonObject {
  const earlier = before.find((each) => isMap(each) && each.type === condition.type);
  const same = isMap(earlier) && earlier.status === condition.status ? earlier.lastTransitionTime : undefined;
  // Times of the API server are whole seconds.
  const since = typeof same === 'string' ? same : new Date(now).toISOString().replace(/\.\d+Z$/, 'Z');
  return { ...condition, lastTransitionTime: since, observedGeneration: generation };
}

function messageOf(issue: Issue): JsonObject {
  const { code, severity, path } = issue;
  return {
    type: { name: issueCodeRow(code)?.title ?? code, code },
    level: LEVELS[severity],
    ...(path !== '' && { path }),
    message: issueText(issue),
    documentationUrl: `${DOCUMENTATION}#${code.toLowerCase()}`,
  };
}

const LEVELS = { error: 'ERROR', warning: 'WARNING', info: 'INFO' } as const;

function rank({ severity }: Issue): number {
  return ['error', 'warning', 'info'].indexOf(severity);
}

function isMap(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** JSON with sorted keys. */
function canonical(value: JsonValue): string {
  return JSON.stringify(value, (_, each: JsonValue) =>
    isMap(each) ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1))) : each,
  );
}
