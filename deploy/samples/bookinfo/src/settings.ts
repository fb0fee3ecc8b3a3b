import { env } from 'node:process';

/** Where one of the services listens, and which it says it is. */
export type Settings = {
  /** Address to listen on: loopback beside a sidecar, all addresses in a container. */
  readonly host: string;
  readonly port: number;
  /** What it calls itself in its answers, e.g. `v2`. */
  readonly version: string;
};

/** Reads HOST (127.0.0.1), PORT (9080) and VERSION (v1) from the environment. */
export function readSettings(): Settings {
  const port = Number(env.PORT ?? 9080);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new RangeError(`PORT is "${env.PORT}", expected a number from 0 to 65535`);
  }
  return { host: env.HOST ?? '127.0.0.1', port, version: env.VERSION ?? 'v1' };
}

/**
 * Where another of the services is: `<NAME>_URL` of the environment, else `http://<name>:9080`. OUTBOUND_ADDRESS, when
 * set, is the address to connect to instead of the URL's host, which then only stands in the `Host` header: the
 * outbound address of a sidecar that captures no traffic.
 */
export function backendOf(name: string): Backend {
  const url = new URL(env[`${name.toUpperCase()}_URL`] ?? `http://${name}:9080`);
  return { name, url, address: env.OUTBOUND_ADDRESS ?? url.hostname };
}

export type Backend = {
  readonly name: string;
  /** Base address; its host is what the `Host` header says. */
  readonly url: URL;
  /** Address to connect to. */
  readonly address: string;
};
