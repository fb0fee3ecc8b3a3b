import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../../..');

/** Folder of the services' packages. */
export const SERVICES_FOLDER = join(ROOT, 'services');

/** Folder of the sample programs that configurations refer to. */
export const SAMPLES_FOLDER = join(ROOT, 'deploy/samples');

/** The configuration a mesh starts with when it has none of its own. */
export const LOCAL_CONFIG_FOLDER = join(ROOT, 'deploy/local/config');

/** Flags that make Node run TypeScript sources and find packages by their sources. */
export const NODE_FLAGS: readonly string[] = ['-C', 'development'];

/**
 * Flags of Node for single services. Reading thousands of objects makes much garbage at once: a small young generation
 * keeps it from staying in galley's memory for good.
 */
const SERVICE_FLAGS: Readonly<Record<string, readonly string[]>> = { galley: ['--max-semi-space-size=8'] };

/** The command line of a service. `nodePath` is the Node to run it with. */
export function serviceCommand(nodePath: string, service: string, flags: readonly string[]): string[] {
  const nodeFlags = [...(SERVICE_FLAGS[service] ?? []), ...NODE_FLAGS];
  return [nodePath, ...nodeFlags, join(SERVICES_FOLDER, service, 'src/main.ts'), ...flags];
}

/** Configuration to copy into a running mesh. */
export const TRY_FOLDER = join(ROOT, 'deploy/local/try');
