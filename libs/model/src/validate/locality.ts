import { childPath } from '../decode/located.ts';
import { type Report, shown } from './report.ts';

/** Where traffic goes when a region fails; the mesh and single services say it by messages of their own. */
type FailoverSetting = {
  readonly failover: readonly { readonly from: string; readonly to: string }[];
  readonly failoverPriority: readonly string[];
};

type LocalitySetting = FailoverSetting & {
  readonly distribute: readonly { readonly from: string; readonly to: Readonly<Record<string, number>> }[];
};

/** Checks how load is spread over localities, for the mesh or for one service. */
export function checkLocalityLoadBalancing(
  setting: LocalitySetting | undefined,
  path: string,
  report: Report,
): void {
  if (setting === undefined) return;
  if (setting.distribute.length > 0 && setting.failover.length > 0) {
    report(path, 'expected either distribute or failover, found both');
  }
  if (setting.distribute.length > 0 && setting.failoverPriority.length > 0) {
    report(path, 'expected either distribute or failoverPriority, found both');
  }
  checkFailover(setting, path, report);
  const sources: string[] = [];
  for (const [index, { from, to }] of setting.distribute.entries()) {
    const entry = `${path}.distribute[${index}]`;
    checkLocality(from, `${entry}.from`, report);
    checkOverlap(from, sources, `${entry}.from`, report);
    sources.push(from);
    checkTargets(to, `${entry}.to`, report);
  }
}

/** Checks which zones are preferred, and where traffic goes when a region fails. */
export function checkZoneAwareLoadBalancing(
  setting: FailoverSetting | undefined,
  path: string,
  report: Report,
): void {
  if (setting !== undefined) checkFailover(setting, path, report);
}

/** Labels of the platform for the place of a workload. */
const PLACES: ReadonlySet<string> = new Set([
  'topology.kubernetes.io/region',
  'topology.kubernetes.io/zone',
  'topology.istio.io/subzone',
]);

function checkFailover(setting: FailoverSetting, path: string, report: Report): void {
  for (const [index, { from, to }] of setting.failover.entries()) {
    const entry = `${path}.failover[${index}]`;
    if (from === to) report(`${entry}.to`, `expected another region than ${shown(from)}`);
    for (const [field, region] of Object.entries({ from, to })) {
      const right = region !== '' && !region.includes('*') && !region.includes('/');
      if (!right) report(`${entry}.${field}`, `expected the name of a region, found ${shown(region)}`);
    }
  }
  for (const [index, label] of setting.failoverPriority.entries()) {
    const [key = ''] = label.split('=');
    if (key === '') report(`${path}.failoverPriority[${index}]`, 'expected a label, found an empty one');
    if (setting.failover.length > 0 && PLACES.has(key))
      report(
        `${path}.failoverPriority[${index}]`,
        `expected no label of places beside failover, found ${shown(key)}`,
      );
  }
}

function checkTargets(to: Readonly<Record<string, number>>, path: string, report: Report): void {
  const seen: string[] = [];
  for (const [locality, weight] of Object.entries(to)) {
    const entry = childPath(path, locality);
    checkLocality(locality, entry, report);
    checkOverlap(locality, seen, entry, report);
    seen.push(locality);
    if (weight < 1 || weight > 100) report(entry, `expected a weight from 1 to 100, found ${weight}`);
  }
  const sum = Object.values(to).reduce((total, weight) => total + weight, 0);
  if (sum !== 100) report(path, `expected weights that are 100 together, found ${sum}`);
}

/** `region`, `region/zone` or `region/zone/subzone`; a star stands at the end only, or alone. */
function checkLocality(locality: string, path: string, report: Report): void {
  const parts = locality.split('/');
  const names = parts.at(-1) === '*' ? parts.slice(0, -1) : parts;
  const right = parts.length <= 3 && names.every((part) => part !== '' && !part.includes('*'));
  if (!right)
    report(path, `expected region/zone/subzone with a star at the end only, found ${shown(locality)}`);
}

function checkOverlap(locality: string, others: readonly string[], path: string, report: Report): void {
  const other = others.find((each) => covers(each, locality) || covers(locality, each));
  if (other !== undefined) report(path, `${shown(locality)} overlaps with ${shown(other)}`);
}

function covers(wide: string, narrow: string): boolean {
  const prefix = wide.replace(/\/?\*$/, '');
  return prefix === '' || narrow === prefix || narrow.startsWith(`${prefix}/`);
}
