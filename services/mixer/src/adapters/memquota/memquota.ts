import { DEFAULT_DEDUPLICATION_MS, durationMs, memQuotaProblems } from '@quintet/expr';
import {
  type Params,
  type Params_Quota,
  ParamsSchema,
} from '@quintet/proto/adapter/memquota/config/config_pb.js';
import { problemsOf, readParams } from '../../templates/fields.ts';
import { formatValue } from '../../templates/format-value.ts';
import type { Problem, Values } from '../../templates/template.ts';
import type { Adapter, Handler, HandlerContext, HandlerEnv, QuotaArgs, QuotaResult } from '../adapter.ts';
import { instanceReference } from '../instance-reference.ts';
import { deduplicator } from './deduplicator.ts';
import { type RollingWindow, rollingWindow } from './rolling-window.ts';

/** Cells kept at one time; beyond, idle ones are looked for and else the oldest goes. */
const MOST_CELLS = 100_000;

/** Quotas in the memory of this process: an amount for each set of dimensions within a sliding time. */
export const MEMQUOTA: Adapter = {
  name: 'memquota',
  templates: ['quota'],
  configure: (params, context) => {
    const read = readParams(ParamsSchema, params);
    if ('problems' in read) return read;
    const problems = [...problemsOf(memQuotaProblems(read.value)), ...missingQuotas(read.value, context)];
    return problems.length > 0 ? { problems } : { problems, build: (env) => build(read.value, context, env) };
  },
};

/** Instances that no quota is defined for would never be granted anything. */
function missingQuotas({ quotas }: Params, { instances, namespace }: HandlerContext): readonly Problem[] {
  const defined = new Set(quotas.map(({ name }) => instanceReference(name, namespace)));
  return instances
    .filter(({ template, name }) => template === 'quota' && !defined.has(name))
    .map(({ name }) => ({ path: 'params.quotas', message: `no quota is defined for the instance ${name}` }));
}

function build(params: Params, context: HandlerContext, env: HandlerEnv): Handler {
  const quotas = new Map(
    params.quotas.map((quota) => [instanceReference(quota.name, context.namespace), quota]),
  );
  const cells = new Map<string, RollingWindow>();
  const answers = deduplicator(durationMs(params.minDeduplicationDuration, DEFAULT_DEDUPLICATION_MS));
  return {
    quota: (instance, args) => {
      const quota = quotas.get(instance.name);
      if (instance.template !== 'quota' || quota === undefined || args.amount <= 0) return NOTHING;
      const now = env.clock.monotonic();
      const known = args.deduplicationId === '' ? undefined : answers.recall(args.deduplicationId, now);
      if (known !== undefined) return known;
      const { maxAmount, windowMs } = limitFor(quota, instance.dimensions);
      const key = cellKey(instance.name, instance.dimensions);
      const cell = cells.get(key) ?? rollingWindow(maxAmount, windowMs);
      if (!cells.has(key)) {
        if (cells.size >= MOST_CELLS) forget(cells, now);
        cells.set(key, cell);
      }
      const result = allocate(cell, args, now, windowMs);
      if (args.deduplicationId !== '') answers.remember(args.deduplicationId, result, now);
      return result;
    },
  };
}

const NOTHING: QuotaResult = { grantedAmount: 0, validDurationMs: 0 };

function allocate(cell: RollingWindow, args: QuotaArgs, now: number, windowMs: number): QuotaResult {
  const available = cell.available(now);
  const granted = args.amount <= available ? args.amount : args.bestEffort ? available : 0;
  if (granted === 0) return NOTHING;
  cell.take(granted, now);
  return { grantedAmount: granted, validDurationMs: windowMs };
}

/** The first override whose dimensions all have the values it names counts instead of the quota's own limit. */
function limitFor(quota: Params_Quota, dimensions: Values): { maxAmount: number; windowMs: number } {
  const override = quota.overrides.find((candidate) =>
    Object.entries(candidate.dimensions).every(([name, expected]) => {
      const value = dimensions.get(name);
      return value !== undefined && formatValue(value) === expected;
    }),
  );
  const limit = override ?? quota;
  return { maxAmount: Number(limit.maxAmount), windowMs: durationMs(limit.validDuration, 0) };
}

function cellKey(name: string, dimensions: Values): string {
  const parts = [...dimensions].map(([key, value]) => [key, formatValue(value)]);
  return JSON.stringify([name, ...parts.sort(([a = ''], [b = '']) => (a < b ? -1 : 1))]);
}

function forget(cells: Map<string, RollingWindow>, now: number): void {
  for (const [key, cell] of cells) if (cell.idle(now)) cells.delete(key);
  const oldest = cells.keys().next().value;
  if (cells.size >= MOST_CELLS && oldest !== undefined) cells.delete(oldest);
}
