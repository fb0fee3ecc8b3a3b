import { readFile } from 'node:fs/promises';
import {
  type CertificateHolder,
  type Clock,
  type Component,
  certificateOfIdentity,
  createCertificateFiles,
  createHttpServer,
  errorText,
  followCertificate,
  type HttpServer,
  type Log,
  MeshError,
  type ServerCertificateSource,
} from '@quintet/runtime';
import type { GalleyMetrics } from '../metrics.ts';
import type { AdmissionCheck } from './judge.ts';
import { addAdmission } from './server.ts';

export type WebhookOptions = {
  /** `host:port` */
  readonly address: string;
  /** Certificate and key of the webhook; without them the identity is shown. */
  readonly certFile: string | undefined;
  readonly keyFile: string | undefined;
  readonly identity: CertificateHolder | undefined;
  /** Roots of those who may ask; without it anybody may who reaches the port. */
  readonly clientCaFile: string | undefined;
  readonly alsoCheck: AdmissionCheck;
  readonly requestsPerSecond: number;
  readonly metrics: GalleyMetrics;
  readonly clock: Clock;
  readonly log: Log;
};

/** The webhook's parts, in the order of their start; `server` knows its port then. */
export type Webhook = { readonly components: readonly Component[]; readonly server: HttpServer };

/** A review of an update holds an object twice, each below 3 MiB; its spec and its status, too, in the worst case. */
const MAX_REVIEW_BYTES = 7 * 1024 * 1024;
const MAX_CONNECTIONS = 256;
const REQUEST_MS = 10_000;

/** Makes the webhook. Throws `MeshError` when the flags contradict each other or the roots cannot be read. */
export async function createWebhook(options: WebhookOptions): Promise<Webhook> {
  const { address, clientCaFile, metrics, log, clock } = options;
  const certificate = certificateOf(options);
  const clientRoots = clientCaFile === undefined ? undefined : await readRoots(clientCaFile);
  const plain = createHttpServer({
    name: 'webhook',
    address,
    log,
    limits: { bodyBytes: MAX_REVIEW_BYTES, connections: MAX_CONNECTIONS, requestMs: REQUEST_MS },
    tls: {
      minVersion: 'TLSv1.2',
      ...(clientRoots !== undefined && { requestCert: true, rejectUnauthorized: true }),
    },
  });
  const { alsoCheck, requestsPerSecond } = options;
  addAdmission(plain, { alsoCheck, requestsPerSecond, metrics, clock, log });
  const server = followCertificate(plain, {
    source: certificate.source,
    clientRoots,
    onCertificate: () => metrics.validationCertKeyUpdates.add(1),
  });
  return { components: [...(certificate.component ? [certificate.component] : []), server], server };
}

type Certificate = { readonly source: ServerCertificateSource; readonly component?: Component };

function certificateOf({ certFile, keyFile, identity, metrics, clock, log }: WebhookOptions): Certificate {
  if (certFile !== undefined && keyFile !== undefined) {
    const component = createCertificateFiles({
      ...{ certFile, keyFile, clock, log },
      onError: () => metrics.validationCertKeyUpdateErrors.add(1),
    });
    return { source: component, component };
  }
  if (certFile !== undefined || keyFile !== undefined) {
    const message = '--validation.tls.clientCertificate and --validation.tls.privateKey go together';
    throw new MeshError('invalid_argument', message);
  }
  if (identity !== undefined) return { source: certificateOfIdentity(identity) };
  const message = 'the webhook has no certificate: expected --validation.tls.clientCertificate';
  throw new MeshError('invalid_argument', message);
}

async function readRoots(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new MeshError('failed_precondition', `cannot read ${file}: ${errorText(cause)}`, { cause });
  }
}
