import type { Bus, EventPublisher } from '@quintet/bus';
import { errorText, type Log, MeshError } from '@quintet/runtime';
import type { ExpiryLevel } from './authority/expiry-alarm.ts';
import type { Issued } from './issue/issue-certificate.ts';

/** What citadel tells the mesh. Telling never fails: who must know reads the log, which is written first. */
export type CitadelEvents = {
  readonly certificateIssued: (issued: Issued) => void;
  /** The authority was renewed or replaced. Times are ms since 1970. */
  readonly rootRotated: (root: { readonly serial: string; readonly notAfter: number }) => void;
  readonly authorityExpiring: (end: {
    readonly level: Exclude<ExpiryLevel, 'none'>;
    readonly serial: string;
    readonly notAfter: number;
  }) => void;
  /** A new bundle is there to be watched. */
  readonly trustChanged: (bundle: { readonly trustDomain: string; readonly hash: string }) => void;
};

/** Tells by events; a change of the trust bundle by a hint in its bucket too. */
export function createCitadelEvents(options: {
  readonly publisher: EventPublisher;
  readonly bus: Pick<Bus, 'keyValue'>;
  readonly log: Log;
}): CitadelEvents {
  const { publisher, bus, log } = options;
  return {
    certificateIssued({ spiffeId, method, serial, notAfter }) {
      publisher.publish({
        type: 'certificate.issued',
        severity: 'info',
        message: `certificate for ${spiffeId} until ${iso(notAfter)}`,
        attributes: { spiffeId, method, serial, notAfter: iso(notAfter) },
      });
    },
    rootRotated({ serial, notAfter }) {
      publisher.publish({
        type: 'root.rotated',
        severity: 'info',
        message: `the authority changed: root ${serial} until ${iso(notAfter)}`,
        attributes: { serial, notAfter: iso(notAfter) },
      });
    },
    authorityExpiring({ level, serial, notAfter }) {
      publisher.publish({
        type: 'authority.expiring',
        severity: level === 'warning' ? 'warning' : 'error',
        message: `the authority ${level === 'expired' ? 'ended' : 'ends'} at ${iso(notAfter)} (certificate ${serial})`,
        attributes: { level, serial, notAfter: iso(notAfter) },
      });
    },
    trustChanged({ trustDomain, hash }) {
      const told = bus.keyValue('trust').put(trustDomain, Buffer.from(hash, 'latin1'));
      told.catch((error: unknown) => {
        if (!(error instanceof MeshError)) throw error;
        log.debug({ reason: errorText(error) }, 'the bus was not told of the trust bundle');
      });
    },
  };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
