import { parseSpiffeId } from '@quintet/model';
import type { ProxyNode } from '@quintet/proxy';

/** A proxy whose claims were checked, or why it is turned away. */
export type Claim =
  | { readonly ok: true; readonly proxy: ProxyNode }
  | { readonly ok: false; readonly reason: string };

/**
 * Compares what a proxy says of itself with the identity of its certificate. A proxy gets the configuration of
 * the namespace and service account it names, so it may name only those that citadel gave it. What it leaves
 * out is taken from the certificate.
 */
export function checkClaims(proxy: ProxyNode, id: string): Claim {
  const identity = parseSpiffeId(id);
  if (identity === undefined) return refuse(`${id} is no identity of a workload`);
  const { namespace, serviceAccount } = identity;
  if (proxy.namespace !== namespace) {
    return refuse(`the proxy claims namespace "${proxy.namespace}", its certificate is for "${namespace}"`);
  }
  if (proxy.configNamespace !== namespace) {
    return refuse(
      `the proxy claims configuration namespace "${proxy.configNamespace}", its certificate is for "${namespace}"`,
    );
  }
  if (proxy.serviceAccount !== '' && proxy.serviceAccount !== serviceAccount) {
    return refuse(
      `the proxy claims service account "${proxy.serviceAccount}", its certificate is for "${serviceAccount}"`,
    );
  }
  return { ok: true, proxy: { ...proxy, serviceAccount } };
}

function refuse(reason: string): Claim {
  return { ok: false, reason };
}
