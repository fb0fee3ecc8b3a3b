import type { ChainMatch, ChainPlan } from './types.ts';

/** Restricts nothing. */
export const ANY_CONNECTION: ChainMatch = {
  destinationRanges: [],
  serverNames: [],
  applicationProtocols: [],
};

/** ALPN names by which Envoy's HTTP inspector tells what it has seen; `h2c` is HTTP/2 without TLS. */
export const SNIFFED_HTTP = ['http/1.0', 'http/1.1', 'h2c'] as const;

/** Equal for chains that take the same connections; Envoy refuses a listener that has two of them. */
export function matchKey({ match }: ChainPlan): string {
  return JSON.stringify([
    match.destinationPort ?? 0,
    match.destinationRanges.toSorted(),
    match.serverNames.toSorted(),
    match.transport ?? '',
    match.applicationProtocols.toSorted(),
  ]);
}

/** True for a chain that takes every connection. */
export function takesEverything(chain: ChainPlan): boolean {
  return matchKey(chain) === ANY_KEY;
}

const ANY_KEY = JSON.stringify([0, [], [], '', []]);
