import type { Destination } from '@quintet/proto/istio/networking/v1alpha3/virtual_service_pb.js';
import { checkDnsLabel, isFqdn } from './names.ts';
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
  else if (!isFqdn(host)) report(`${path}.host`, `expected the name of a service, found ${shown(host)}`);
  if (subset !== '') checkDnsLabel(subset, `${path}.subset`, report);
  if (port !== undefined) checkPort(port.number, `${path}.port.number`, report);
}

/** Checks weights: with several destinations they are 0 or more and 100 together. */
export function checkWeights(weights: readonly number[], path: string, report: Report): void {
  for (const [index, weight] of weights.entries()) {
    if (weight < 0) report(`${path}[${index}].weight`, `expected a weight from 0, found ${weight}`);
  }
  if (weights.length < 2) return;
  const sum = weights.reduce((total, weight) => total + weight, 0);
  if (sum !== 100)
    report(path, `expected weights that are 100 together, found ${weights.join(' + ')} = ${sum}`);
}
