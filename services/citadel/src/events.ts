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
};
