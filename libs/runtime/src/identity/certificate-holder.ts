import type { Certificates } from './certificates.ts';

/** The one place in a process where its certificates are; they change while it runs. */
export type CertificateHolder = {
  /** Undefined before the first certificate. */
  current(): Certificates | undefined;
  /** Calls `listener` with each new certificate, not with the present one; returns what ends that. */
  onChange(listener: (certificates: Certificates) => void): () => void;
};

/** A holder and the right to change what it holds. */
export type CertificateSlot = CertificateHolder & { set(certificates: Certificates): void };

/** An empty holder. */
export function createCertificateSlot(): CertificateSlot {
  let current: Certificates | undefined;
  const listeners = new Set<(certificates: Certificates) => void>();
  return {
    current: () => current,
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    set(certificates) {
      current = certificates;
      for (const listener of [...listeners]) listener(certificates);
    },
  };
}
