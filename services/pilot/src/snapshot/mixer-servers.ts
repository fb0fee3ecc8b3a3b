import type { MeshSettings } from './mesh-settings.ts';

/** A server that the mesh config names as `host:port`. */
export type ServerAddress = { readonly host: string; readonly port: number };

/** The classic port of mixer's API. */
const MIXER_PORT = 9091;

/**
 * Reads `host:port`, or a host alone with the classic port. It never fails: a server that cannot be reached refuses,
 * where one that were overlooked would let everybody in.
 */
export function serverAddress(server: string): ServerAddress {
  const colon = server.lastIndexOf(':');
  const port = Number(server.slice(colon + 1));
  const valid = colon > 0 && Number.isInteger(port) && port > 0 && port < 65536;
  return valid
    ? { host: server.slice(0, colon).toLowerCase(), port }
    : { host: server.toLowerCase(), port: MIXER_PORT };
}

/** The mixer servers that the mesh config names, each once. */
export function mixerServers(mesh: MeshSettings): readonly ServerAddress[] {
  const { checkServer, reportServer } = mesh.mixer;
  const named = [checkServer, reportServer].filter((server) => server !== undefined);
  return [...new Set(named)].map(serverAddress);
}
