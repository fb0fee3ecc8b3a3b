import { createRegistry, type DescMessage, type JsonObject } from '@bufbuild/protobuf';
import { decodeMessage, type Finding, jsonToLocated } from '@quintet/model';
import type { MixerAdapter } from './adapter.ts';
import { CLASSIC_ADAPTERS } from './classic-adapters.ts';

/** Messages that parameters may hold in an Any: the configuration of the classic adapters. */
const KNOWN = createRegistry(
  ...[...CLASSIC_ADAPTERS.values()].flatMap(({ params }): DescMessage[] =>
    params === undefined ? [] : [params],
  ),
);

/** What is wrong with the parameters of a handler of an adapter; paths begin with `path`. */
export function handlerFindings(params: JsonObject, adapter: MixerAdapter, path: string): readonly Finding[] {
  if (adapter.params === undefined) return [];
  const { message, findings } = decodeMessage(adapter.params, jsonToLocated(params), {
    path,
    resolveType: (name) => KNOWN.getMessage(name),
  });
  // What did not fit its type is not there now, and would be missed a second time.
  const found = findings.map(({ path: at, message: text }) => ({ path: at, message: text }));
  if (found.length > 0) return found;
  return adapter.problems(message).map((problem) => ({ ...problem, path: `${path}.${problem.path}` }));
}
