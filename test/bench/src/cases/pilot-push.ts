import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort, makeTempDir } from '@quintet/testkit';
import type { BenchCase, BenchContext, Figure } from '../bench-case.ts';
import { type Fleet, startFleet } from '../fleet/fleet.ts';
import { median } from '../measure/percentile.ts';
import { type ServiceProcess, startService } from '../measure/service-process.ts';
import {
  COMPARED_WORLD,
  destinationRules,
  endpointAddress,
  serviceEntries,
  virtualServices,
} from '../worlds/service-world.ts';

const PROXIES = 100;
const CHANGES = 3;
const MEGABYTE = 1024 * 1024;

type Bed = {
  readonly folder: string;
  readonly galley: ServiceProcess;
  readonly pilot: ServiceProcess;
  readonly fleet: Fleet;
  readonly xds: string;
};

export const pilotPush: BenchCase = {
  name: 'pilot-push',
  about: `Galley and pilot in plaintext, a world of ${COMPARED_WORLD.services} services of 2 ports and ${COMPARED_WORLD.endpoints} endpoints, a VirtualService and a DestinationRule with two subsets for every tenth; ${PROXIES} state-of-the-world ADS streams of sidecars without Sidecar scoping, each an endpoint of another service; then ${CHANGES} changes, each to all VirtualServices (median). CPU is that of galley and pilot together.`,
  async run(context) {
    const temp = await makeTempDir('bench');
    const stops: (() => Promise<void> | void)[] = [temp.remove];
    try {
      const bed = await startBed(context, temp.path, (stop) => stops.unshift(stop));
      return await measure(bed, context);
    } finally {
      for (const stop of stops) await stop();
    }
  },
};

async function startBed(
  { nodePath }: BenchContext,
  folder: string,
  onStop: (stop: () => Promise<void> | void) => void,
): Promise<Bed> {
  await writeFile(join(folder, 'services.yaml'), serviceEntries(COMPARED_WORLD));
  await writeFile(join(folder, 'rules.yaml'), destinationRules(COMPARED_WORLD));
  await writeFile(join(folder, 'routes.yaml'), virtualServices(COMPARED_WORLD, 'first'));
  const mcp = `127.0.0.1:${await freePort()}`;
  const xds = `127.0.0.1:${await freePort()}`;
  const galleyFlags = ['--insecure', `--server-address=tcp://${mcp}`, `--configPath=${folder}`];
  const galley = await startService({ nodePath, service: 'galley', flags: galleyFlags });
  onStop(galley.stop);
  const pilotFlags = ['--secureGrpcAddr=', `--grpcAddr=${xds}`, '--httpAddr=', `--mcp-address=${mcp}`];
  const pilot = await startService({ nodePath, service: 'pilot', flags: [...pilotFlags, '--mcp-insecure'] });
  onStop(pilot.stop);
  const fleet = startFleet({ nodePath });
  onStop(fleet.stop);
  await galley.ready();
  await pilot.ready();
  return { folder, galley, pilot, fleet, xds };
}

async function measure(bed: Bed, { say }: BenchContext): Promise<readonly Figure[]> {
  const started = cpuOf(bed);
  say(`pilot is ready; ${PROXIES} proxies connect`);
  const from = Date.now();
  const first = await bed.fleet.connect(bed.xds, nodeIds());
  const full = cpuOf(bed);
  say('every proxy has its first configuration; VirtualServices change');
  const changes = [];
  for (let change = 1; change <= CHANGES; change += 1) changes.push(await changeAll(bed, `change-${change}`));
  const { rss: galleyRss } = bed.galley.usage();
  const { rss: pilotRss } = bed.pilot.usage();
  return [
    { what: 'start and configuration, galley, CPU', value: started.galley, unit: 'ms' },
    { what: 'start and configuration, pilot, CPU', value: started.pilot, unit: 'ms' },
    { what: `first configuration of ${PROXIES} proxies, CPU`, value: full.both - started.both, unit: 'ms' },
    { what: `first configuration of ${PROXIES} proxies, time`, value: first.at - from, unit: 'ms' },
    { what: 'received for it', value: first.receivedBytes / MEGABYTE, unit: 'MB' },
    {
      what: 'start to first configuration, CPU',
      value: full.both,
      unit: 'ms',
      note: 'Istio 1.4: 8100; istiod of 2026: 15200',
    },
    {
      what: 'one change, CPU',
      value: median(changes.map(({ cpu }) => cpu)),
      unit: 'ms',
      note: 'Istio 1.4: 10400; istiod of 2026: 2100',
    },
    { what: 'of which galley', value: median(changes.map(({ galley }) => galley)), unit: 'ms' },
    {
      what: 'one change, file to last response',
      value: median(changes.map(({ time }) => time)),
      unit: 'ms',
      note: 'Istio 1.4: 7300-10600; istiod of 2026: 3800-4100',
    },
    {
      what: 'resident memory, galley and pilot',
      value: (galleyRss + pilotRss) / MEGABYTE,
      unit: 'MB',
      note: 'Istio 1.4: 2000; istiod of 2026: 470',
    },
    { what: 'of which pilot', value: pilotRss / MEGABYTE, unit: 'MB' },
  ];
}

async function changeAll({ folder, ...bed }: Bed, mark: string) {
  const before = cpuOf(bed);
  const arrival = bed.fleet.marked(mark);
  const path = join(folder, 'routes.yaml');
  await writeFile(`${path}.new`, virtualServices(COMPARED_WORLD, mark));
  const from = Date.now();
  await rename(`${path}.new`, path);
  const { at } = await arrival;
  const after = cpuOf(bed);
  return { time: at - from, cpu: after.both - before.both, galley: after.galley - before.galley };
}

function cpuOf({ galley, pilot }: Pick<Bed, 'galley' | 'pilot'>) {
  const [ofGalley, ofPilot] = [galley.usage().cpuMs, pilot.usage().cpuMs];
  return { galley: ofGalley, pilot: ofPilot, both: ofGalley + ofPilot };
}

function nodeIds(): string[] {
  return Array.from(
    { length: PROXIES },
    (_, index) => `sidecar~${endpointAddress(index, 0)}~svc-${index}.default~default.svc.cluster.local`,
  );
}
