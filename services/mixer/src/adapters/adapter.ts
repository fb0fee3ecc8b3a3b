import type { JsonObject } from '@bufbuild/protobuf';
import type { Clock, Log } from '@quintet/runtime';
import type { CompiledInstance, InstanceValue, Problem, TemplateName } from '../templates/template.ts';
import type { FetchList } from './list/fetch-list.ts';
import type { MetricRegistry } from './prometheus/registry.ts';
import type { OpenOutput } from './stdio/output.ts';

/** What an adapter says to a question. */
export type CheckResult = {
  /** A google.rpc code; 0 is yes. */
  readonly code: number;
  readonly message: string;
  /** How long the answer holds for equal referenced attributes, milliseconds. */
  readonly validDurationMs: number;
  readonly validUseCount: number;
};

/** What is wanted of a quota. */
export type QuotaArgs = {
  readonly amount: number;
  /** Less than the amount is welcome too. */
  readonly bestEffort: boolean;
  /** A repetition with the same id is not charged again; empty for none. */
  readonly deduplicationId: string;
};

export type QuotaResult = { readonly grantedAmount: number; readonly validDurationMs: number };

/** An adapter at work with the parameters of one handler. */
export type Handler = {
  check?(instance: InstanceValue): CheckResult;
  quota?(instance: InstanceValue, args: QuotaArgs): QuotaResult;
  report?(instances: readonly InstanceValue[]): void;
  /** Gives back what it holds; not used afterwards. */
  close?(): void;
};

/** What handlers may use of the outside. */
export type HandlerEnv = {
  /** `<name>.<namespace>`. */
  readonly name: string;
  readonly log: Log;
  readonly clock: Clock;
  readonly metrics: MetricRegistry;
  readonly fetchList: FetchList;
  readonly openOutput: OpenOutput;
};

export type HandlerContext = {
  readonly namespace: string;
  /** The instances that rules send to the handler, sorted by name. */
  readonly instances: readonly CompiledInstance[];
};

/** A handler's parameters, read and found good. */
export type ConfiguredHandler = {
  readonly problems: readonly Problem[];
  /** Absent when a problem makes the handler unusable. */
  readonly build?: (env: HandlerEnv) => Handler;
};

/** An adapter: what it takes and how a handler of it is made. `configure` is pure. */
export type Adapter = {
  readonly name: string;
  readonly templates: readonly TemplateName[];
  readonly configure: (params: JsonObject, context: HandlerContext) => ConfiguredHandler;
};

/** What holds for answers that say nothing else: behaviour 6.3. */
export const CHECK_DEFAULTS = { validDurationMs: 60_000, validUseCount: 10_000 } as const;
