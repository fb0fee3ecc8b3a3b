import { create } from '@bufbuild/protobuf';
import { CsrResponseSchema, IstioCAService } from '@quintet/proto/istio/v1/auth/ca_pb.js';
import { IstioCertificateService } from '@quintet/proto/istio/v1/auth/certificate_pb.js';
import { Trust } from '@quintet/proto/quintet/trust/v1/trust_pb.js';
import { bearerToken, type CallContext, type GrpcServer, type Log, MeshError } from '@quintet/runtime';
import { type Authenticator, authenticate, type Credentials } from './authenticate/authenticator.ts';
import type { IssueAnswer, IssueRequest } from './issue/issue-certificate.ts';
import type { TrustState } from './trust/trust-state.ts';
import { watchTrust } from './trust/watch-trust.ts';
import type { Watchers } from './trust/watchers.ts';

/** What the services behind the port do. */
export type ServerOptions = {
  readonly issue: (request: IssueRequest) => Promise<IssueAnswer>;
  readonly authenticators: readonly Authenticator[];
  readonly trust: TrustState;
  readonly watchers: Watchers;
  readonly log: Log;
};

/** Adds the three services of citadel: both classic certificate services and the watch of the trust bundle. */
export function addServices(server: GrpcServer, options: ServerOptions): void {
  const { issue, trust, watchers, log } = options;
  server.add(IstioCertificateService, {
    async createCertificate({ csr, validityDuration }, call) {
      const ttlMs = Number(validityDuration) * 1000;
      const { leaf, chain } = await issue({ ...caller(call), csrPem: csr, ttlMs, namesRequired: false });
      return { certChain: [leaf, ...chain] };
    },
  });
  server.add(IstioCAService, {
    async handleCSR({ csrPem, requestedTtlMinutes }, call) {
      const text = Buffer.from(csrPem).toString('latin1');
      const ttlMs = requestedTtlMinutes * 60_000;
      const { leaf, chain } = await issue({ ...caller(call), csrPem: text, ttlMs, namesRequired: true });
      return create(CsrResponseSchema, {
        isApproved: true,
        signedCert: Buffer.from(leaf, 'latin1'),
        certChain: Buffer.from(chain.slice(0, -1).join(''), 'latin1'),
      });
    },
  });
  server.add(Trust, {
    async *watch(requests, call) {
      const answer = await authenticate(caller(call).credentials, options.authenticators);
      if (!('spiffeId' in answer)) {
        log.warn({ peer: call.peer, reasons: answer.refused }, 'trust watcher not recognised');
        throw new MeshError('unauthenticated', 'request authenticate failure');
      }
      const { peer, signal } = call;
      yield* watchTrust(requests, { state: trust, watchers, log, peer, signal });
    },
  });
}

function caller(call: CallContext): { readonly credentials: Credentials; readonly peer: string } {
  const [header] = call.metadata.get('authorization');
  const token = header === undefined ? undefined : (bearerToken(header.toString()) ?? '');
  const certificateId = call.identity?.spiffeId;
  return {
    peer: call.peer,
    credentials: {
      ...(token !== undefined && { token }),
      ...(certificateId !== undefined && { certificateId }),
    },
  };
}
