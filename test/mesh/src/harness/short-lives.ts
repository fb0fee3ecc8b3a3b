import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LOCAL_CONFIG } from './checkout.ts';
import type { MeshOptions } from './mesh.ts';

const POOL = 'trafficPolicy:\n    connectionPool: {http: {maxRequestsPerConnection: 1}}\n';

/**
 * The sample with certificates that live so many seconds, those of the services included, and a connection for each
 * request between sidecars: every request makes handshakes with the certificates of that moment.
 */
export function shortLives(seconds: number): MeshOptions {
  const life = `${seconds}s`;
  const read = (file: string): string => readFileSync(join(LOCAL_CONFIG, file), 'utf8');
  const perRequest = (file: string): string => read(file).replaceAll('trafficPolicy:\n', POOL);
  return {
    files: {
      'mesh.yaml': `${read('mesh.yaml')}\nflags: {citadel: [--workload-cert-ttl=${life}], nodeagent: [--secret-ttl=${life}]}\n`,
      'bookinfo.yaml': perRequest('bookinfo.yaml'),
      'security.yaml': perRequest('security.yaml'),
    },
  };
}
