import { createHash } from 'node:crypto';
import type { MeshError, Timer } from '@quintet/runtime';
import type { TokenClaims } from './token-claims.ts';
import type { Workload } from './workload.ts';

/** One token that proxies showed, and what came of it. */
export type TokenEntry = {
  /** SHA-256: what a token is known by, in memory and in logs. */
  readonly hash: string;
  readonly token: string;
  readonly claims: TokenClaims;
  /** Streams that showed it. */
  readonly listeners: Set<() => void>;
  streams: number;
  /** The workload that citadel said it is; undefined until it has accepted the token. */
  workload: Workload | undefined;
  /** Why nothing is served for it any more. */
  refused: MeshError | undefined;
  /** Fires when the token expires. */
  timer: Timer | undefined;
};

/** A token nobody has asked citadel about yet. */
export function newTokenEntry(token: string, claims: TokenClaims): TokenEntry {
  return {
    hash: hashToken(token),
    token,
    claims,
    listeners: new Set(),
    streams: 0,
    workload: undefined,
    refused: undefined,
    timer: undefined,
  };
}

/** What a token is known by. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** Tells the streams of a token that something changed for them. */
export function notify(entry: TokenEntry): void {
  for (const listener of [...entry.listeners]) listener();
}
