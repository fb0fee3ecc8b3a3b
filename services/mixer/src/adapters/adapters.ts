import { CLASSIC_ADAPTERS } from '@quintet/expr';
import type { Adapter } from './adapter.ts';
import { DENIER } from './denier/denier.ts';
import { LIST } from './list/list.ts';
import { MEMQUOTA } from './memquota/memquota.ts';
import { PROMETHEUS } from './prometheus/prometheus.ts';
import { STDIO } from './stdio/stdio.ts';

/** The adapters that run inside mixer. */
export const ADAPTERS: ReadonlyMap<string, Adapter> = new Map(
  [DENIER, LIST, MEMQUOTA, PROMETHEUS, STDIO].map((adapter) => [adapter.name, adapter]),
);

/** Adapters of the classic mixer that are known and not realised. */
export const UNREALISED_ADAPTERS: ReadonlySet<string> = new Set(
  [...CLASSIC_ADAPTERS.keys()].filter((name) => !ADAPTERS.has(name)),
);
