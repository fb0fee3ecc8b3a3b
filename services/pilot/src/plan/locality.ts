import type { LocalitySettings } from '../snapshot/mesh-settings.ts';
import type { EndpointGroup, EndpointPlan } from './cluster-types.ts';

/** Endpoints of one locality, `region/zone/subzone`. */
type LocalityEndpoints = { readonly locality: string; readonly endpoints: readonly EndpointPlan[] };

/** Where the asking proxy stands and what the mesh says about localities. */
type Viewpoint = {
  readonly locality: string;
  readonly failover: boolean;
  readonly settings: LocalitySettings;
};

type Parts = EndpointGroup['locality'];

/**
 * Gives each locality's endpoints a weight and a priority. A proxy without a locality sees all of them as equal; with
 * a matching `distribute` the written shares decide; with failover the nearest come first.
 */
export function placeGroups(groups: readonly LocalityEndpoints[], from: Viewpoint): readonly EndpointGroup[] {
  const placed = groups
    .toSorted((a, b) => (a.locality < b.locality ? -1 : 1))
    .map(({ locality, endpoints }) => ({
      locality: partsOf(locality),
      priority: 0,
      weight: totalWeight(endpoints),
      endpoints,
    }));
  if (from.locality === '') return placed;
  const rule = from.settings.distribute.find(({ from: pattern }) => covers(pattern, from.locality));
  if (rule) return distribute(placed, rule.to);
  return from.failover ? prioritise(placed, from) : placed;
}

function totalWeight(endpoints: readonly EndpointPlan[]): number {
  return endpoints.reduce((sum, { weight }) => sum + Math.max(weight, 1), 0);
}

/** Each entry of `to` shares its percentage among the groups it covers, by their own weights; others get nothing. */
function distribute(groups: readonly EndpointGroup[], to: Readonly<Record<string, number>>): EndpointGroup[] {
  const remaining = new Set(groups);
  return Object.entries(to)
    .toSorted(([a], [b]) => b.length - a.length || (a < b ? -1 : 1))
    .flatMap(([pattern, share]) => {
      const covered = [...remaining].filter(({ locality }) => covers(pattern, textOf(locality)));
      const total = covered.reduce((sum, { weight }) => sum + weight, 0);
      for (const group of covered) remaining.delete(group);
      return covered.map((group) => ({ ...group, weight: Math.ceil((group.weight * share) / total) }));
    })
    .filter(({ weight }) => weight > 0);
}

/**
 * Same subzone 0, same zone 1, same region 2, elsewhere 3; with a rule for the proxy's region, other regions than the
 * named one come last. Priorities without endpoints are closed up, since Envoy wants them without gaps.
 */
function prioritise(groups: readonly EndpointGroup[], from: Viewpoint): EndpointGroup[] {
  const own = partsOf(from.locality);
  const target = from.settings.failover.find((rule) => rule.from === own.region)?.to;
  const distances = groups.map(({ locality }) => distance(locality, own, target));
  const levels = [...new Set(distances)].toSorted((a, b) => a - b);
  return groups.map((group, index) => ({ ...group, priority: levels.indexOf(distances[index] ?? 0) }));
}

function distance(locality: Parts, own: Parts, failoverRegion: string | undefined): number {
  if (locality.region !== own.region) {
    return failoverRegion === undefined || locality.region === failoverRegion ? 3 : 4;
  }
  if (locality.zone !== own.zone) return 2;
  return locality.subzone === own.subzone ? 0 : 1;
}

/** `*`, `region/*`, `region/zone/*`, or the locality itself; a prefix of whole parts covers what is below it. */
function covers(pattern: string, locality: string): boolean {
  const wanted = pattern.split('/');
  const found = locality.split('/');
  return wanted.every((part, index) => part === '*' || part === (found[index] ?? ''));
}

function partsOf(locality: string): Parts {
  const [region = '', zone = '', subzone = ''] = locality.split('/');
  return { region, zone, subzone };
}

function textOf({ region, zone, subzone }: Parts): string {
  return [region, zone, subzone].join('/').replace(/\/+$/, '');
}
