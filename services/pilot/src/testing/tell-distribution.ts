import type { Bus } from '@quintet/bus';
import { silentLog, systemClock } from '@quintet/runtime';
import { createDistributionReport } from '../distribution/report.ts';
import type { Pilot } from '../pilot.ts';

/** Lets a pilot tell on the bus how far objects have come. Answers what ends it. */
export async function tellDistribution(
  { published, progress }: Pick<Pilot, 'published' | 'progress'>,
  { bus, instance }: { readonly bus: Bus; readonly instance: string },
): Promise<() => Promise<void>> {
  const report = createDistributionReport({
    ...{ instance, bus, published, proxies: progress },
    ...{ clock: systemClock, log: silentLog },
  });
  await report.start?.();
  return async () => report.stop?.(AbortSignal.timeout(2_000));
}
