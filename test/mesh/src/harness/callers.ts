import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ChannelCredentials } from '@grpc/grpc-js';
import {
  type Certificates,
  type CertificateTexts,
  createChannel,
  MeshError,
  requestCertificate,
} from '@quintet/runtime';
import type { Mesh } from './mesh.ts';

/** Who calls a port of the control plane: with a certificate, or without. */
export type Caller = Pick<CertificateTexts, 'certChainPem' | 'keyPem'> | undefined;

const CITADEL = 'spiffe://cluster.local/ns/istio-system/sa/istio-citadel-service-account';

/** The root of the mesh's authority, PEM. */
export function rootOf({ state }: Mesh): string {
  return readFileSync(join(state.folder, 'root-cert.pem'), 'utf8');
}

/** The token of a workload (`workloads/<name>.<namespace>`) or a service (`services/<name>`). */
export function tokenOf({ state }: Mesh, whose: string): string {
  return readFileSync(join(state.folder, 'tokens', whose, 'token'), 'utf8').trim();
}

/** A certificate of citadel's for the holder of a token. */
export function certificateFor(mesh: Mesh, token: string): Promise<Certificates> {
  return requestCertificate({
    citadel: { address: `${mesh.state.addresses.citadel}:8060`, peers: [CITADEL] },
    ...{ rootPem: rootOf(mesh), token, lifetimeMs: 0, now: Date.now },
  });
}

/** A channel to a port of the mesh. The other side is checked against the root; its name is not what is tested here. */
export function channelTo(mesh: Mesh, address: string, caller: Caller) {
  const part = (pem: string | undefined): Buffer | null => (pem === undefined ? null : Buffer.from(pem));
  const credentials = ChannelCredentials.createSsl(
    Buffer.from(rootOf(mesh)),
    part(caller?.keyPem),
    part(caller?.certChainPem),
    { checkServerIdentity: () => undefined },
  );
  return createChannel({ address, credentials });
}

/** `accepted`, or the code with which a call was refused; `unavailable` is what a failed handshake looks like. */
export async function outcomeOf(call: () => Promise<unknown>): Promise<string> {
  try {
    await call();
    return 'accepted';
  } catch (error) {
    if (error instanceof MeshError) return error.code;
    throw error;
  }
}
