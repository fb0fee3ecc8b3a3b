import { createHash } from 'node:crypto';
import { Fault } from '@quintet/expr';
import type { Params_ListEntryType } from '@quintet/proto/adapter/list/config/config_pb.js';
import { createFailureLog } from '@quintet/runtime';
import type { HandlerEnv } from '../adapter.ts';
import type { ListSource } from './list.ts';
import { type ListMatcher, listMatcher } from './matcher.ts';
import { parseList } from './parse-list.ts';

export type ProvidedListOptions = {
  readonly url: string;
  readonly overrides: readonly string[];
  readonly entryType: Params_ListEntryType;
  readonly refreshMs: number;
  readonly ttlMs: number;
  readonly env: HandlerEnv;
};

/** A list that is fetched at once and then every refresh interval; the last good one holds until its ttl. */
export function providedList(options: ProvidedListOptions): ListSource {
  const { url, ttlMs, refreshMs, env } = options;
  const { clock, log, fetchList } = env;
  const failures = createFailureLog({
    ...{ log, clock },
    failing: 'list could not be fetched',
    recovered: 'list can be fetched again',
  });
  const stopped = new AbortController();
  let matcher: ListMatcher | Fault = new Fault(`list from ${url} is not yet available`);
  let goodUntil = 0;
  let hash = '';
  const refresh = async (): Promise<void> => {
    try {
      const text = await fetchList(url, stopped.signal);
      failures.succeeded({ handler: env.name, url });
      goodUntil = clock.monotonic() + ttlMs;
      const newHash = createHash('sha256').update(text).digest('hex');
      if (newHash === hash) return;
      const made = listMatcher(options.entryType, [...parseList(text), ...options.overrides]);
      if (made instanceof Fault) {
        log.warn(
          { handler: env.name, url, reason: made.message },
          'list is not usable; the last good one stays',
        );
        return;
      }
      matcher = made;
      hash = newHash;
    } catch (error) {
      if (!stopped.signal.aborted) failures.failed(error, { handler: env.name, url });
    }
  };
  const loop = async (): Promise<void> => {
    await refresh();
    if (!stopped.signal.aborted) timer = clock.after(refreshMs, () => void loop());
  };
  let timer = clock.after(0, () => void loop());
  return {
    current: () => {
      if (hash === '' || clock.monotonic() <= goodUntil) return matcher;
      return new Fault(`list from ${url} is out of date`);
    },
    close: () => {
      stopped.abort();
      timer.cancel();
    },
  };
}
