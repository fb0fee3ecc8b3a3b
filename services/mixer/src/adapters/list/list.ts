import { durationMs, Fault, LIST_DEFAULTS, listProblems } from '@quintet/expr';
import { type Params, ParamsSchema } from '@quintet/proto/adapter/list/config/config_pb.js';
import { problemsOf, readParams } from '../../templates/fields.ts';
import { formatValue } from '../../templates/format-value.ts';
import type { InstanceValue } from '../../templates/template.ts';
import type { Adapter, CheckResult, Handler, HandlerEnv } from '../adapter.ts';
import { CODES } from '../google-codes.ts';
import { type ListMatcher, listMatcher } from './matcher.ts';
import { providedList } from './provided-list.ts';

const DEFAULT_USE_COUNT = 10_000;

/**
 * Lets in what is on a list, or keeps out what is on it (`blacklist`). Entries come from `overrides` and from a provider,
 * which is asked again every refresh interval and forgotten when it has not answered for the ttl.
 */
export const LIST: Adapter = {
  name: 'listchecker',
  templates: ['listentry'],
  configure: (params) => {
    const read = readParams(ParamsSchema, params);
    if ('problems' in read) return read;
    const problems = problemsOf(listProblems(read.value));
    return problems.length > 0 ? { problems } : { problems, build: (env) => build(read.value, env) };
  },
};

function build(params: Params, env: HandlerEnv): Handler {
  const validity = {
    validDurationMs: durationMs(params.cachingInterval, LIST_DEFAULTS.cachingMs),
    validUseCount: params.cachingUseCount === 0 ? DEFAULT_USE_COUNT : params.cachingUseCount,
  };
  const source =
    params.providerUrl === ''
      ? fixedList(listMatcher(params.entryType, params.overrides))
      : providedList({
          url: params.providerUrl,
          overrides: params.overrides,
          entryType: params.entryType,
          refreshMs: durationMs(params.refreshInterval, LIST_DEFAULTS.refreshMs),
          ttlMs: durationMs(params.ttl, LIST_DEFAULTS.ttlMs),
          env,
        });
  return {
    check: (instance) => ({
      ...verdict(instance, source.current(), params.blacklist),
      ...validityOf(source, validity),
    }),
    close: () => source.close(),
  };
}

type Validity = Pick<CheckResult, 'validDurationMs' | 'validUseCount'>;

/** An answer without a list holds for no time, so that the list counts as soon as it is there. */
function validityOf(source: ListSource, validity: Validity): Validity {
  return source.current() instanceof Fault ? { validDurationMs: 0, validUseCount: 0 } : validity;
}

function verdict(
  instance: InstanceValue,
  list: ListMatcher | Fault,
  blacklist: boolean,
): Pick<CheckResult, 'code' | 'message'> {
  if (instance.template !== 'listentry') return { code: CODES.internal, message: 'not a list entry' };
  if (list instanceof Fault) return { code: CODES.invalidArgument, message: list.message };
  const found = list(instance.value);
  if (found instanceof Fault) return { code: CODES.invalidArgument, message: found.message };
  if (found !== blacklist) return { code: CODES.ok, message: '' };
  const text = formatValue(instance.value);
  return {
    code: CODES.permissionDenied,
    message: `${text} is ${blacklist ? 'blacklisted' : 'not whitelisted'}`,
  };
}

/** Where a handler's list comes from at the moment. */
export type ListSource = { current(): ListMatcher | Fault; close(): void };

function fixedList(matcher: ListMatcher | Fault): ListSource {
  return { current: () => matcher, close: () => {} };
}
