import { systemClock } from '@quintet/runtime/command';
import { controlPlaneOf } from '../mesh/control-plane.ts';
import { ADMIN_PORT } from './control-plane-processes.ts';
import { sendTraffic, waitForPage } from './first-page.ts';
import type { MeshRun } from './mesh-run.ts';
import { type Readiness, waitReady } from './wait-ready.ts';
import { watchChanges } from './watch-changes.ts';
import { welcomeText } from './welcome.ts';
import { HEALTH_PORT } from './workload-processes.ts';

/** Time within which everything has to be ready, and then the page to come. */
const READY_LIMIT_MS = 90_000;
const PAGE_LIMIT_MS = 30_000;
const WHOLE_PAGE_MS = 5000;
/** The little traffic that is sent so that metrics have something to show. */
const FIRST_REQUESTS = 20;
const SHOWN_SERVICE = 'reviews';

/**
 * Waits until the mesh is up, says how far it is, shows that it works and what to do with it, and from then on what
 * becomes of changes. Resolves when that is told; throws a MeshError when the mesh does not come up.
 */
export async function followStart(run: MeshRun): Promise<void> {
  const { program, reporter, signal, mesh, state, startedAt } = run;
  await waitForAll(run);
  if (signal.aborted) return;
  const envoys = mesh.workloads.length;
  const services = controlPlaneOf(mesh.spec).join(', ');
  reporter.done(`NATS, ${services} and ${envoys} Envoys are ready`);
  if (state.page !== '') await showPage(run);
  if (signal.aborted) return;
  program.out.write(
    welcomeText({
      name: mesh.name,
      page: state.page,
      configFolder: state.config,
      logs: run.paths.logs,
      metrics: `http://${mesh.addresses.mixer}:42422/metrics`,
    }),
  );
  void watchChanges({ mesh: state, startedAt, readyAt: systemClock.now(), signal, reporter });
}

async function waitForAll({ reporter, signal, mesh, paths }: MeshRun): Promise<void> {
  const targets: Readiness[] = [
    ...controlPlaneOf(mesh.spec).map((name) => ({
      name,
      url: `http://${mesh.addresses[name]}:${ADMIN_PORT}/readyz`,
      log: paths.log(name),
    })),
    ...mesh.workloads.map(({ id, address }) => ({
      name: id,
      url: `http://${address}:${HEALTH_PORT}/healthz/ready`,
      log: paths.log(`${id}-envoy`),
    })),
  ];
  const waiting = new Set(targets.map(({ name }) => name));
  reporter.begin('starting the mesh');
  await waitReady(targets, {
    signal,
    limitMs: READY_LIMIT_MS,
    onReady: (name) => {
      waiting.delete(name);
      if (waiting.size > 0) reporter.begin(`waiting for ${[...waiting].join(', ')}`);
    },
  });
}

async function showPage({ state, signal, reporter }: MeshRun): Promise<void> {
  reporter.begin('waiting for the first page');
  const lacking = await waitForPage(state.page, { signal, limitMs: PAGE_LIMIT_MS, wholeMs: WHOLE_PAGE_MS });
  if (signal.aborted) return;
  reporter.done(`the first page came through the gateway${lacking === '' ? '' : `, and says: ${lacking}`}`);
  const result = await sendTraffic(state.page, { count: FIRST_REQUESTS, service: SHOWN_SERVICE, signal });
  const shares = [...result.versions]
    .sort()
    .map(([version, count]) => `${count} by ${SHOWN_SERVICE} ${version}`);
  const trouble = result.failed === 0 ? '' : `, ${result.failed} failed`;
  reporter.done(
    `${result.sent} more requests${trouble}${shares.length === 0 ? '' : `: ${shares.join(', ')}`}`,
  );
}
