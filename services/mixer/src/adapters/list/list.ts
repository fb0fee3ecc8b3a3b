import { Fault } from '@quintet/expr';
import { type Params, ParamsSchema } from '@quintet/proto/adapter/list/config/config_pb.js';
import { readParams } from '../../templates/fields.ts';
import { formatValue } from '../../templates/format-value.ts';
import type { InstanceValue, Problem } from '../../templates/template.ts';
import type { Adapter, CheckResult, Handler, HandlerEnv } from '../adapter.ts';
import { durationMs } from '../duration-field.ts';
import { CODES } from '../google-codes.ts';
import { type ListMatcher, listMatcher } from './matcher.ts';
import { providedList } from './provided-list.ts';

const DEFAULT_CACHING_MS = 300_000;
const DEFAULT_USE_COUNT = 10_000;
const DEFAULT_REFRESH_MS = 60_000;
const DEFAULT_TTL_MS = 300_000;

/**
 * Lets in what is on a list, or keeps out what is on it (`blacklist`). Entries come from `overrides` and from a provider,
 * which is asked again every refresh interval and forgotten when it has not answered for the ttl.
 */
export const LIST: Adapter = {
  name: 'listchecker',
  templates: ['listentry'],
  configure: (params) => {
    const read = readParams(ParamsSchema, params);
    if ('problem' in read) return { problems: [read.problem] };
    const problems = problemsOf(read.value);
    return problems.length > 0 ? { problems } : { problems, build: (env) => build(read.value, env) };
  },
};

function problemsOf(params: Params): readonly Problem[] {
  const problems: Problem[] = [];
  const overrides = listMatcher(params.entryType, params.overrides);
  if (overrides instanceof Fault) problems.push({ path: 'params.overrides', message: overrides.message });
  if (params.providerUrl !== '' && !/^(file|https?):/.test(params.providerUrl)) {
    problems.push({
      path: 'params.providerUrl',
      message: `found ${params.providerUrl}, expected a file, http or https URL`,
    });
  }
  const refresh = durationMs(params.refreshInterval, DEFAULT_REFRESH_MS);
  const ttl = durationMs(params.ttl, DEFAULT_TTL_MS);
  if (refresh < 1000) problems.push({ path: 'params.refreshInterval', message: 'must be at least 1s' });
  if (ttl < refresh) problems.push({ path: 'params.ttl', message: 'must be at least the refresh interval' });
  if (durationMs(params.cachingInterval, DEFAULT_CACHING_MS) < 0) {
    problems.push({ path: 'params.cachingInterval', message: 'must not be negative' });
  }
  if (params.cachingUseCount < 0) {
    problems.push({ path: 'params.cachingUseCount', message: 'must not be negative' });
  }
  return problems;
}

function build(params: Params, env: HandlerEnv): Handler {
  const validity = {
    validDurationMs: durationMs(params.cachingInterval, DEFAULT_CACHING_MS),
    validUseCount: params.cachingUseCount === 0 ? DEFAULT_USE_COUNT : params.cachingUseCount,
  };
  const source =
    params.providerUrl === ''
      ? fixedList(listMatcher(params.entryType, params.overrides))
      : providedList({
          url: params.providerUrl,
          overrides: params.overrides,
          entryType: params.entryType,
          refreshMs: durationMs(params.refreshInterval, DEFAULT_REFRESH_MS),
          ttlMs: durationMs(params.ttl, DEFAULT_TTL_MS),
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
