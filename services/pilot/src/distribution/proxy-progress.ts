import type { StreamInfo, StreamObserver, TypeStatus } from '@quintet/xds';
import { refusedNames, sourcesOf } from '../status/proxies.ts';
import type { Connection } from '../stream/proxy-source.ts';

/** How far one proxy has come. */
export type ProxyProgress = {
  /** The newest revision of the configuration of which it has accepted everything that concerns it; 0 for none yet. */
  readonly revision: number;
  /** Objects out of which something was made that it refuses, as `<collection>/<namespace>/<name>`. */
  readonly refused: ReadonlySet<string>;
};

/** Follows how far the connected proxies have come. */
export type ProgressBook = {
  readonly observer: StreamObserver;
  /** Of every connected proxy. The cost is in proportion to the proxies that answered since the last call. */
  readonly proxies: () => readonly ProxyProgress[];
};

type Page = {
  revision: number;
  refused: ReadonlySet<string>;
  /** Nothing is under way to it: whatever revision it is fed from, it has. */
  settled: boolean;
  /** It has answered, and nobody has looked since. */
  answered: boolean;
};

const NOTHING: ReadonlySet<string> = new Set();

/**
 * A proxy has a revision when it has accepted, or been found to refuse, everything that it was to get of it. A revision
 * that changes nothing for a proxy is not sent to it: it has that one as soon as it is fed from it.
 */
export function createProgressBook(connection: (stream: StreamInfo) => Connection | undefined): ProgressBook {
  const pages = new Map<StreamInfo, Page>();
  return {
    observer: {
      opened: (stream) =>
        void pages.set(stream, { revision: 0, refused: NOTHING, settled: false, answered: false }),
      closed: (stream) => void pages.delete(stream),
      event(stream, { kind }) {
        const page = pages.get(stream);
        if (page === undefined) return;
        if (kind === 'sent') page.settled = false;
        if (kind === 'acked' || kind === 'nacked' || kind === 'refused') page.answered = true;
      },
    },
    proxies() {
      for (const [stream, page] of pages) {
        const known = connection(stream);
        if (known === undefined) continue;
        if (page.answered) look(stream, page, known);
        if (page.settled) page.revision = known.target();
      }
      return [...pages.values()].map(({ revision, refused }) => ({ revision, refused }));
    },
  };
}

function look(stream: StreamInfo, page: Page, known: Connection): void {
  page.answered = false;
  const types = stream.status();
  page.settled = types.some(({ ackedNonce }) => ackedNonce !== '') && types.every(isSettled);
  if (!page.settled) return;
  const refused = types.flatMap((type) =>
    sourcesOf(known, type.typeUrl, [...refusedNames(type), ...type.heldBack]),
  );
  page.refused = refused.length === 0 ? NOTHING : new Set(refused);
}

/** Everything of the type was accepted, but for what the proxy was found to refuse. */
function isSettled(type: TypeStatus): boolean {
  if (type.isCurrent) return true;
  const isAnswered = type.sentNonce === type.ackedNonce || type.sentNonce === type.nack?.nonce;
  return isAnswered && type.waiting.length === 0 && type.refused.length > 0;
}
