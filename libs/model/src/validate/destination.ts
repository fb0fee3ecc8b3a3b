import type { Destination } from '@quintet/proto/istio/networking/v1alpha3/virtual_service_pb.js';
import { checkDnsLabel, isHostPattern } from './names.ts';
import { type Report, shown } from './report.ts';
import { checkPort } from './values.ts';

/** Checks where a route leads: a service, a subset of it, a port. */
export function checkDestination(destination: Destination | undefined, path: string, report: Report): void {
  if (destination === undefined) {
    report(path, 'expected a destination, found none');
    return;
  }
  const { host, subset, port } = destination;
  if (host === '*') report(`${path}.host`, 'expected the name of a service, found "*"');
  else if (!isHostPattern(host))
    report(`${path}.host`, `expected the name of a service, found ${shown(host)}`);
  if (subset !== '') checkDnsLabel(subset, `${path}.subset`, report);
  if (port !== undefined) checkPort(port.number, `${path}.port.number`, report);
}

/**
 * Checks weights: 0 or more, and with several destinations not all of them 0. The classic API wants them to be 100
 * together; later releases take them as shares of their sum.
 */
export function checkWeights(weights: readonly number[], path: string, report: Report): void {
  for (const [index, weight] of weights.entries()) {
    if (weight < 0) report(`${path}[${index}].weight`, `expected a weight from 0, found ${weight}`);
  }
  if (weights.length > 1 && weights.every((weight) => weight === 0))
    report(path, 'expected at least one weight above 0, found none');
}
