import type { Labels } from '@quintet/model';

/** Labels of nodes, the present name before the one it replaced. */
const REGION = ['topology.kubernetes.io/region', 'failure-domain.beta.kubernetes.io/region'];
const ZONE = ['topology.kubernetes.io/zone', 'failure-domain.beta.kubernetes.io/zone'];
const SUBZONE = ['topology.istio.io/subzone'];
/** Label of a pod that places it elsewhere than its node; dots stand for slashes, which labels cannot have. */
const POD_LOCALITY = 'istio-locality';

/** `region/zone/subzone` of a node, as far as its labels say; empty when they say neither region nor zone. */
export function nodeLocality(labels: Labels): string {
  const [region, zone, subzone] = [REGION, ZONE, SUBZONE].map((names) => firstOf(labels, names));
  if (!region && !zone) return '';
  return [region, zone, subzone].join('/').replace(/\/+$/, '');
}

/** The locality that a pod claims for itself; empty when it claims none. */
export function podLocality(labels: Labels): string {
  const written = firstOf(labels, [POD_LOCALITY]);
  return written.includes('/') ? written : written.replaceAll('.', '/');
}

function firstOf(labels: Labels, names: readonly string[]): string {
  const name = names.find((each) => Object.hasOwn(labels, each) && labels[each] !== '');
  return name === undefined ? '' : (labels[name] ?? '');
}
