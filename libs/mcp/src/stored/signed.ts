import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { keyPairFromPem, PkiError, parseCertificates, signDocument, verifyDocument } from '@quintet/pki';
import {
  SignedSnapshotSchema,
  type Snapshot,
  SnapshotSchema,
} from '@quintet/proto/quintet/snapshot/v1/snapshot_pb.js';
import { type AllowList, type Certificates, MeshError } from '@quintet/runtime';
import type { Snapshots } from '../snapshots/snapshots.ts';
import { decodeContent, encodeContent, type StoredHeader } from './content.ts';

const WHAT = 'stored configuration';

/** Whom a reader of stored configuration believes. */
export type StoredTrust = {
  /** Its own certificates, for their roots. */
  readonly certificates: Certificates;
  /** Who may sign. */
  readonly signers: Pick<AllowList, 'allows'>;
  /** Milliseconds since 1970. */
  readonly now: number;
};

/**
 * What is handed out now, signed with the key of a certificate. The result is verified as a reader would before it is
 * given out. Throws `failed_precondition` when it does not verify, e.g. because the certificate has expired.
 */
export function signSnapshot(
  snapshots: Snapshots,
  header: Omit<StoredHeader, 'signer'>,
  certificates: Certificates,
): Uint8Array {
  const signer = certificates.spiffeId;
  const content = encodeContent(snapshots, { ...header, signer });
  const signature = signDocument(
    { kind: SnapshotSchema.typeName, content },
    {
      keyPair: keyPairFromPem(certificates.keyPem),
      chain: parseCertificates(certificates.certChainPem, WHAT),
    },
  );
  const bytes = toBinary(SignedSnapshotSchema, create(SignedSnapshotSchema, { content, signature }));
  openSnapshot(bytes, { certificates, signers: { allows: (id) => id === signer }, now: header.takenAt });
  return bytes;
}

/**
 * Reads stored configuration whose signer leads to a root of the reader and may sign. Throws `failed_precondition`
 * naming what is wrong: who reads it goes on without.
 */
export function openSnapshot(bytes: Uint8Array, { certificates, signers, now }: StoredTrust): Snapshot {
  const { content, signature } = decodeSigned(bytes);
  if (signature === undefined) throw new MeshError('failed_precondition', `${WHAT}: not signed`);
  try {
    const signer = verifyDocument({ kind: SnapshotSchema.typeName, content }, signature, {
      roots: parseCertificates(certificates.rootPem, 'root certificates'),
      maySign: (id) => signers.allows(id),
      now,
      what: WHAT,
    });
    const snapshot = decodeContent(content);
    if (snapshot.signer === signer) return snapshot;
    throw new PkiError('untrusted', `${WHAT}: signed by ${signer}, and says ${snapshot.signer}`);
  } catch (cause) {
    if (!(cause instanceof PkiError)) throw cause;
    throw new MeshError('failed_precondition', cause.message, { cause });
  }
}

function decodeSigned(bytes: Uint8Array) {
  try {
    return fromBinary(SignedSnapshotSchema, bytes);
  } catch (cause) {
    throw new MeshError('failed_precondition', `${WHAT}: cannot be read`, { cause });
  }
}
