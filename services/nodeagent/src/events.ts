import type { EventPublisher } from '@quintet/bus';

/** What the node agent tells the mesh. Telling never fails: the log has it first. Times are ms since 1970. */
export type NodeagentEvents = {
  /** It is time for a new certificate, and citadel does not give one. Told once until it does. */
  readonly renewalFailing: (what: {
    readonly spiffeId: string;
    readonly notAfter: number;
    readonly reason: string;
  }) => void;
  readonly certificateExpired: (what: { readonly spiffeId: string; readonly notAfter: number }) => void;
  /** A bundle that nobody trusted vouches for, or that is broken. */
  readonly trustBundleRefused: (what: { readonly reason: string }) => void;
  readonly rootsChanged: (what: { readonly roots: number }) => void;
};

/** Tells by events. */
export function createNodeagentEvents(publisher: EventPublisher): NodeagentEvents {
  return {
    renewalFailing({ spiffeId, notAfter, reason }) {
      publisher.publish({
        type: 'certificate.renewal_failing',
        severity: 'warning',
        message: `the certificate of ${spiffeId} is not renewed, it ends at ${iso(notAfter)}: ${reason}`,
        attributes: { spiffeId, notAfter: iso(notAfter), reason },
      });
    },
    certificateExpired({ spiffeId, notAfter }) {
      publisher.publish({
        type: 'certificate.expired',
        severity: 'error',
        message: `the certificate of ${spiffeId} ended at ${iso(notAfter)} without a successor`,
        attributes: { spiffeId, notAfter: iso(notAfter) },
      });
    },
    trustBundleRefused({ reason }) {
      publisher.publish({
        type: 'trust.refused',
        severity: 'error',
        message: `a trust bundle was refused: ${reason}`,
        attributes: { reason },
      });
    },
    rootsChanged({ roots }) {
      publisher.publish({
        type: 'trust.changed',
        severity: 'info',
        message: `this node trusts ${roots} root(s) now`,
        attributes: { roots: String(roots) },
      });
    },
  };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
