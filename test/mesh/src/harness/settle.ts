import { field, list, text } from './json.ts';

/** Pages of the services that say how far configuration has come. */
export type Pages = {
  /** `/debug/configz` of galley. */
  readonly galley: unknown;
  /** `/debug/configz`, `/debug/push_status` and `/debug/adsz` of pilot. */
  readonly pilot: { readonly configz: unknown; readonly pushStatus: unknown; readonly adsz: unknown };
  /** `/debug/configz` of mixer; undefined in a mesh without. */
  readonly mixer: unknown;
};

/**
 * What keeps a configuration from being at work everywhere: pilot and mixer have every object in the version that galley
 * hands out and use it, and every proxy has acknowledged, or refused, what follows from it. Empty when nothing does.
 */
export function obstacles(pages: Pages, proxies: number): string[] {
  const wanted = versions(field(pages.galley, 'objects'));
  return [
    ...differences('pilot', versions(pages.pilot.configz), ofKinds(wanted, PILOT_KINDS)),
    ...(field(pages.pilot.pushStatus, 'settled') === true ? [] : ['pilot has not put its changes together']),
    ...proxyObstacles(pages.pilot.adsz, proxies),
    ...(pages.mixer === undefined ? [] : mixerObstacles(pages.mixer, wanted)),
  ];
}

/** Kinds that pilot asks galley for. */
const PILOT_KINDS: ReadonlySet<string> = new Set([
  ...['Gateway', 'VirtualService', 'DestinationRule', 'ServiceEntry', 'Sidecar', 'Policy', 'MeshPolicy'],
  ...['AuthorizationPolicy', 'QuotaSpec', 'QuotaSpecBinding', 'rule', 'instance', 'MeshConfig'],
]);

/** Kinds that mixer asks galley for. */
const MIXER_KINDS: ReadonlySet<string> = new Set([
  ...['attributemanifest', 'handler', 'instance', 'rule', 'QuotaSpec', 'ServiceEntry', 'MeshConfig'],
]);

type Versions = ReadonlyMap<string, { readonly kind: string; readonly version: string }>;

function versions(objects: unknown): Versions {
  return new Map(
    list(objects)
      .filter((object) => text(object, 'version') !== '')
      .map((object) => {
        const [kind, version] = [text(object, 'kind'), text(object, 'version')];
        return [`${kind} ${text(object, 'namespace')}/${text(object, 'name')}`, { kind, version }];
      }),
  );
}

function ofKinds(objects: Versions, kinds: ReadonlySet<string>): Versions {
  return new Map([...objects].filter(([, { kind }]) => kinds.has(kind)));
}

function differences(who: string, has: Versions, wanted: Versions): string[] {
  const missing = [...wanted]
    .filter(([key, { version }]) => has.get(key)?.version !== version)
    .map(([key]) => `${who} does not have ${key} as galley does`);
  const surplus = [...has.keys()].filter((key) => !wanted.has(key)).map((key) => `${who} still has ${key}`);
  return [...missing, ...surplus];
}

function mixerObstacles(page: unknown, wanted: Versions): string[] {
  return [
    ...differences('mixer', versions(field(page, 'objects')), ofKinds(wanted, MIXER_KINDS)),
    ...(field(page, 'settled') === true ? [] : ['mixer has not put its changes to work']),
  ];
}

function proxyObstacles(adsz: unknown, proxies: number): string[] {
  const streams = list(adsz);
  const missing =
    streams.length < proxies ? [`${streams.length} of ${proxies} proxies are connected to pilot`] : [];
  return [
    ...missing,
    ...streams.flatMap((stream) =>
      list(field(stream, 'types'))
        .filter((type) => !isDone(type))
        .map((type) => `${text(stream, 'stream')} has not answered ${text(type, 'type')}`),
    ),
  ];
}

/** Everything was sent and answered; what the proxy refuses or pilot holds back for it is an answer, too. */
function isDone(type: unknown): boolean {
  if (text(type, 'targetVersion') !== text(type, 'newestVersion')) return false;
  if (field(type, 'isCurrent') === true) return true;
  const refused = list(field(type, 'refused')).length + list(field(type, 'heldBack')).length;
  return (field(type, 'nack') !== null || refused > 0) && list(field(type, 'waiting')).length === 0;
}
