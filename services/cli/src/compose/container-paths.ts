import { join } from 'node:path';
import type { MeshPaths } from '../mesh/mesh-paths.ts';

/**
 * Files of a mesh in containers: a folder for each container, a volume of its own, and two that several share. Every
 * container has its folder at the same place, so that paths in files are the same everywhere. Nobody but the issuer has
 * its key, and no container has the token of another.
 */
export function containerPaths(root: string): MeshPaths {
  const inside = (...parts: string[]): string => join(root, ...parts);
  return {
    folder: root,
    state: inside('issuer', 'mesh.json'),
    config: inside('config'),
    generated: inside('galley', 'generated'),
    logs: inside('issuer', 'logs'),
    ca: inside('citadel', 'ca'),
    galley: inside('galley', 'state'),
    rootCert: inside('system', 'root-cert.pem'),
    issuer: inside('issuer'),
    jwks: inside('citadel', 'jwks.json'),
    tokens: inside('issuer'),
    nats: inside('nats'),
    proxies: root,
    agentSocket: inside('agent', 'sds.sock'),
    debugToken: inside('system', 'debug-token'),
    log: (name) => inside('issuer', 'logs', `${name}.log`),
    serviceToken: (service) => inside(service, 'token'),
    busSeed: (principal) =>
      inside(PRINCIPALS_WITH_FOLDERS.has(principal) ? principal : 'issuer', `${principal}.nk`),
    workloadToken: (id) => inside(id, 'token'),
    proxy: (name) => ({
      folder: inside(name),
      bootstrap: inside(name, 'bootstrap.json'),
      // Nobody but the container itself asks its Envoy.
      adminSocket: '/tmp/admin.sock',
    }),
  };
}

/** Who uses the bus from a container of its own; the others' keys stay with the issuer. */
const PRINCIPALS_WITH_FOLDERS: ReadonlySet<string> = new Set([
  'citadel',
  'galley',
  'pilot',
  'mixer',
  'injector',
  'nodeagent',
]);
