import type {
  LoadBalancerSettings,
  LoadBalancerSettings_ConsistentHashLB,
} from '@quintet/proto/istio/networking/v1alpha3/destination_rule_pb.js';
import { checkLocalityLoadBalancing, checkZoneAwareLoadBalancing } from './locality.ts';
import type { Report } from './report.ts';
import { checkDuration, checkPercent } from './values.ts';

/** Checks how requests are spread over endpoints. */
export function checkLoadBalancer(
  settings: LoadBalancerSettings | undefined,
  path: string,
  report: Report,
): void {
  if (settings === undefined) return;
  const { lbPolicy, localityLbSetting, warmup, warmupDurationSecs, zoneAwareLbSetting } = settings;
  if (lbPolicy.case === 'consistentHash') checkHash(lbPolicy.value, `${path}.consistentHash`, report);
  checkLocalityLoadBalancing(localityLbSetting, `${path}.localityLbSetting`, report);
  checkZoneAwareLoadBalancing(zoneAwareLbSetting, `${path}.zoneAwareLbSetting`, report);
  if (warmupDurationSecs !== undefined && warmup !== undefined)
    report(`${path}.warmup`, 'expected one of warmup and warmupDurationSecs, found both');
  checkDuration(warmupDurationSecs, `${path}.warmupDurationSecs`, report);
  if (warmup === undefined) return;
  if (warmup.duration === undefined) report(`${path}.warmup.duration`, 'expected a duration, found none');
  checkDuration(warmup.duration, `${path}.warmup.duration`, report);
  checkPercent(warmup.minimumPercent ?? 0, `${path}.warmup.minimumPercent`, report);
  if (!((warmup.aggression ?? 1) >= 1))
    report(`${path}.warmup.aggression`, `expected a number from 1, found ${warmup.aggression}`);
}

/** The table of Maglev is a prime of at most this size. */
const LARGEST_MAGLEV = 5_000_011n;

function checkHash(hash: LoadBalancerSettings_ConsistentHashLB, path: string, report: Report): void {
  const { hashKey, hashAlgorithm } = hash;
  if (hashKey.case === 'httpCookie') {
    const { name, ttl } = hashKey.value;
    const cookie = `${path}.httpCookie`;
    if (name === '') report(`${cookie}.name`, 'expected a name, found none');
    if (ttl === undefined) report(`${cookie}.ttl`, 'expected a duration, found none');
    else if (ttl.seconds < 0n || ttl.nanos < 0)
      report(`${cookie}.ttl`, 'expected a duration from 0, found a negative one');
  }
  if (hashKey.case === undefined)
    report(path, 'expected a key such as httpHeaderName, httpCookie or useSourceIp, found none', 'warning');
  if (hashAlgorithm.case !== 'maglev') return;
  const { tableSize } = hashAlgorithm.value;
  if (tableSize > LARGEST_MAGLEV || (tableSize > 0n && !isPrime(Number(tableSize))))
    report(`${path}.maglev.tableSize`, `expected a prime up to ${LARGEST_MAGLEV}, found ${tableSize}`);
}

/** By trial division: the numbers are small. */
function isPrime(number: number): boolean {
  if (number < 2) return false;
  for (let divisor = 2; divisor * divisor <= number; divisor += 1) {
    if (number % divisor === 0) return false;
  }
  return true;
}
