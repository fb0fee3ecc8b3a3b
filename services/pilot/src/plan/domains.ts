import { isIp } from '@quintet/model';

/**
 * All names under which clients of one DNS domain ask for a host, each with and without the port: the host, its forms
 * without the labels it shares with the clients' domain, and its addresses.
 */
export function hostDomains(
  host: string,
  port: number,
  client: { readonly domain: string; readonly addresses?: readonly string[] },
): readonly string[] {
  const addresses = (client.addresses ?? []).filter((address) => isIp(address) && !isUnspecified(address));
  const names = [host, ...shorterForms(host, client.domain), ...addresses.map(bracketed)];
  return [...new Set(names)].flatMap((name) => [name, `${name}:${port}`]);
}

/**
 * `reviews`, `reviews.default.svc.cluster`, `reviews.default.svc` and `reviews.default` for
 * `reviews.default.svc.cluster.local` seen from `default.svc.cluster.local`; nothing where no label is shared.
 */
function shorterForms(host: string, domain: string): string[] {
  const labels = host.split('.');
  const clientLabels = domain.split('.');
  let shared = 0;
  while (
    shared < labels.length &&
    shared < clientLabels.length &&
    labels.at(-1 - shared) === clientLabels.at(-1 - shared)
  ) {
    shared++;
  }
  if (shared === 0 || shared === labels.length || host.startsWith('*')) return [];
  const unique = labels.length - shared;
  const forms: string[] = [];
  for (let length = labels.length - 1; length >= unique; length--)
    forms.push(labels.slice(0, length).join('.'));
  return forms;
}

/** `0.0.0.0` and `::` stand for no address. */
function isUnspecified(address: string): boolean {
  return address === '0.0.0.0' || address === '::';
}

function bracketed(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}
