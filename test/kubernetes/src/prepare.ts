import process from 'node:process';
import { API_SERVER, CONTROLLER_MANAGER, ETCD } from './binaries.ts';
import { buildBinaries } from './build-binaries.ts';

/** Builds Kubernetes before the first test that needs it; quick when it is there. */
export async function setup(): Promise<void> {
  const progress = (line: string) => process.stderr.write(`kubernetes: ${line}\n`);
  await buildBinaries([ETCD, API_SERVER, CONTROLLER_MANAGER], progress);
}
