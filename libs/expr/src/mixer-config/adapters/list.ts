import { type Finding, isCidr, isIp } from '@quintet/model';
import {
  Params_ListEntryType as EntryType,
  type Params,
} from '@quintet/proto/adapter/list/config/config_pb.js';
import { Fault } from '../../fault.ts';
import { regexMatcher } from '../../regex.ts';
import { durationMs, negative, negativeNumber } from './duration-problems.ts';

/** What holds for lists that say nothing else, milliseconds. */
export const LIST_DEFAULTS = { refreshMs: 60_000, ttlMs: 300_000, cachingMs: 300_000 } as const;

/** What is wrong with the parameters of a listchecker. */
export function listProblems(params: Params): readonly Finding[] {
  const problems: Finding[] = [];
  for (const [at, entry] of params.overrides.entries()) {
    const message = entryProblem(params.entryType, entry);
    if (message !== undefined) problems.push({ path: `overrides[${at}]`, message });
  }
  if (params.providerUrl !== '' && !/^(file|https?):/.test(params.providerUrl)) {
    const message = `found ${params.providerUrl}, expected a file, http or https URL`;
    problems.push({ path: 'providerUrl', message });
  }
  const refresh = durationMs(params.refreshInterval, LIST_DEFAULTS.refreshMs);
  const ttl = durationMs(params.ttl, LIST_DEFAULTS.ttlMs);
  if (refresh < 1000) problems.push({ path: 'refreshInterval', message: 'must be at least 1s' });
  if (ttl < refresh) problems.push({ path: 'ttl', message: 'must be at least the refresh interval' });
  return [
    ...problems,
    ...negative(params.cachingInterval, 'cachingInterval'),
    ...negativeNumber(params.cachingUseCount, 'cachingUseCount'),
  ];
}

function entryProblem(type: EntryType, entry: string): string | undefined {
  if (type === EntryType.IP_ADDRESSES && !isIp(entry) && !isCidr(entry))
    return `could not parse list entry ${entry} as an address or a CIDR range`;
  const matcher = type === EntryType.REGEX ? regexMatcher(entry) : undefined;
  return matcher instanceof Fault ? matcher.message : undefined;
}
