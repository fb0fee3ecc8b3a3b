import { bearerToken, type Certificates, MeshError } from '@quintet/runtime';
import type { Attachment, Source, WireSet } from '@quintet/xds';
import type { NodeagentMetrics } from './metrics.ts';
import type { Lease, SecretStore } from './secrets/secret-store.ts';
import { spellSecrets } from './secrets/spell-secrets.ts';
import type { RootStore } from './trust/root-store.ts';

/** What secrets are served from. */
export type SdsSourceOptions = {
  readonly store: SecretStore;
  readonly roots: RootStore;
  readonly maxStreams: number;
  readonly metrics: NodeagentMetrics;
};

/**
 * Serves each stream the secrets of the token it showed. Both secrets need the token, the roots too. A stream ends when its
 * token does; the proxy comes back with the next one.
 */
export function createSdsSource(options: SdsSourceOptions): Source {
  const { store, maxStreams } = options;
  const encode = createEncoder();
  let streams = 0;
  return {
    attach({ header }) {
      const token = bearerToken(header('authorization'));
      if (token === undefined)
        return refuse('unauthenticated', 'expected a header "authorization: Bearer …"');
      if (streams >= maxStreams) return refuse('resource_exhausted', `more than ${maxStreams} streams`);
      try {
        const lease = store.open(token);
        streams++;
        return attachment(lease, { ...options, encode, onClose: () => streams-- });
      } catch (error) {
        if (error instanceof MeshError) return refuse(error.code, error.message);
        throw error;
      }
    },
  };
}

function attachment(
  lease: Lease,
  parts: SdsSourceOptions & { readonly encode: Encoder; readonly onClose: () => void },
): Attachment {
  const { roots, metrics, encode, onClose } = parts;
  let ended = false;
  return {
    current() {
      try {
        const certificates = lease.current()?.current();
        return certificates === undefined ? undefined : encode(certificates, roots.pem());
      } catch (error) {
        metrics.staleConnections.add(1);
        throw error;
      }
    },
    subscribe(changed) {
      const stops = [lease.subscribe(changed), roots.subscribe(changed)];
      return () => {
        for (const stop of stops) stop();
      };
    },
    close() {
      if (ended) return;
      ended = true;
      onClose();
      lease.close();
    },
  };
}

type Encoder = (certificates: Certificates, rootPem: string) => WireSet;

/** Encodes what a workload's streams share once, for as long as certificate and roots stay. */
function createEncoder(): Encoder {
  const encoded = new WeakMap<Certificates, { readonly rootPem: string; readonly set: WireSet }>();
  return (certificates, rootPem) => {
    const found = encoded.get(certificates);
    if (found?.rootPem === rootPem) return found.set;
    const set = spellSecrets(certificates, rootPem);
    encoded.set(certificates, { rootPem, set });
    return set;
  };
}

function refuse(code: MeshError['code'], message: string) {
  return { refused: { code, message } };
}
