import { ChannelCredentials, Metadata } from '@grpc/grpc-js';
import { createCsr, generateKeyPair, type KeyPairOptions, privateKeyPem } from '@quintet/pki';
import { IstioCertificateService } from '@quintet/proto/istio/v1/auth/certificate_pb.js';
import { createChannel, createClient } from '../grpc/client.ts';
import { peerCheck } from '../tls/grpc-credentials.ts';
import { type Certificates, checkCertificates } from './certificates.ts';

/** Where certificates come from. */
export type CitadelOptions = {
  /** `host:port` or `tcp://host:port`. */
  readonly address: string;
  /** SPIFFE ids that citadel may have. */
  readonly peers: readonly string[];
};

export type CertificateRequest = {
  readonly citadel: CitadelOptions;
  /** Trusted roots; citadel itself must be signed by one of them. Never taken from the network. */
  readonly rootPem: string;
  /** Says who asks; citadel decides the identity by it. */
  readonly token: string;
  /** Wanted lifetime, milliseconds; citadel's default when 0. */
  readonly lifetimeMs: number;
  readonly key?: KeyPairOptions;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly signal?: AbortSignal;
  /** How long citadel may take, milliseconds; 10 s unless given. */
  readonly timeoutMs?: number;
};

const TIMEOUT_MS = 10_000;

/**
 * Makes a key and has citadel sign it. The key never leaves the process. Throws MeshErrors: `unavailable` when
 * citadel cannot be reached or is somebody else, `unauthenticated` when it refuses the token,
 * `failed_precondition` when its answer does not fit key and roots.
 */
export async function requestCertificate(request: CertificateRequest): Promise<Certificates> {
  const { citadel, rootPem, token, lifetimeMs, signal } = request;
  const keyPair = await generateKeyPair(request.key ?? { type: 'ec' });
  const credentials = ChannelCredentials.createSsl(Buffer.from(rootPem), null, null, {
    checkServerIdentity: peerCheck(citadel.peers),
  });
  const channel = createChannel({ address: citadel.address, credentials });
  try {
    const metadata = new Metadata();
    metadata.set('authorization', `Bearer ${token}`);
    const { certChain } = await createClient(IstioCertificateService, channel).createCertificate(
      { csr: createCsr({ keyPair }), validityDuration: BigInt(Math.ceil(lifetimeMs / 1000)) },
      { metadata, timeoutMs: request.timeoutMs ?? TIMEOUT_MS, ...(signal === undefined ? {} : { signal }) },
    );
    const texts = { certChainPem: certChain.join('\n'), keyPem: privateKeyPem(keyPair), rootPem };
    return checkCertificates(texts, request.now());
  } finally {
    channel.close();
  }
}

/**
 * Milliseconds to wait before a certificate is renewed: half of what is left of its life, up to a fifth of that
 * earlier, so that certificates made together are not renewed together.
 */
export function renewalDelay(options: { notAfter: number; now: number; random: () => number }): number {
  const left = Math.max(0, options.notAfter - options.now);
  return left * (0.5 - 0.1 * options.random());
}
