import { parseIp, type Value } from '@quintet/expr';
import { CONTEXT_KEYS, REPORTER_KINDS } from '@quintet/model';
import type {
  AccessLogCommon,
  TLSProperties_CertificateProperties,
} from '@quintet/proto/envoy/data/accesslog/v3/accesslog_pb.js';
import { contextValue } from '../../attributes/context-value.ts';
import type { Extractor } from '../../attributes/lazy-bag.ts';
import { principalOf, spiffeIdAmong } from '../../attributes/principal.ts';
import type { Directory } from '../../workloads/directory.ts';
import type { WorkloadInstance } from '../../workloads/instances.ts';
import { provenPeer } from '../../workloads/workload-attributes.ts';
import { ipOf, portOf } from '../address.ts';
import { PEER_ATTRIBUTES, type Peers } from '../peers.ts';
import { durationValue, timestampValue } from '../wire-time.ts';
import { responseFlags } from './response-flags.ts';

/** The part of an entry that HTTP and TCP share, with its ends. */
export type LoggedEntry = { readonly common: AccessLogCommon; readonly peers: Peers };

/** Whether the proxy that logged stands at the source. */
export function isOutbound(common: AccessLogCommon): boolean {
  return common.customTags[CONTEXT_KEYS.reporterKind] === REPORTER_KINDS.source;
}

/**
 * The ends of what was logged. The reporter is one; the other is, seen by a destination, who its certificate proves, and
 * seen by a source, whom the proxy chose.
 */
export function peersOf(common: AccessLogCommon, reporter: WorkloadInstance, directory: Directory): Peers {
  const reporterId = reporter.serviceAccount === '' ? undefined : reporter.serviceAccount;
  if (isOutbound(common)) {
    const chosen = ipOf(common.upstreamRemoteAddress);
    return {
      source: reporter,
      destination: chosen === undefined ? undefined : directory.at(chosen),
      sourceId: reporterId,
      destinationId: common.customTags[CONTEXT_KEYS.upstreamPeer] || undefined,
    };
  }
  const sourceId = certificateId(common.tlsProperties?.peerCertificateProperties);
  const remote = directory.at(ipOf(remoteAddress(common)) ?? '');
  return {
    source: provenPeer(remote, sourceId),
    destination: reporter,
    sourceId,
    destinationId: certificateId(common.tlsProperties?.localCertificateProperties) ?? reporterId,
  };
}

/** The other end of the connection itself; what headers claim does not count. */
function remoteAddress(common: AccessLogCommon) {
  return common.downstreamDirectRemoteAddress ?? common.downstreamRemoteAddress;
}

function certificateId(certificate: TLSProperties_CertificateProperties | undefined): string | undefined {
  const names =
    certificate?.subjectAltName.flatMap(({ san }) => (san.case === 'uri' ? [san.value] : [])) ?? [];
  return spiffeIdAmong(names);
}

type Read = Extractor<LoggedEntry>;

/** Attributes that pilot says by a tag; workloads and addresses answer where it says nothing. */
const FROM_TAGS = `context.reporter.uid context.proxy_version source.uid source.namespace source.workload.name
  source.workload.namespace destination.uid destination.namespace destination.ip destination.port
  destination.workload.name destination.workload.namespace destination.service.host destination.service.name
  destination.service.namespace destination.service.uid`.split(/\s+/);

/** What HTTP and TCP entries answer alike. */
export const COMMON_EXTRACTORS: ReadonlyMap<string, Read> = new Map<string, Read>([
  ...[...PEER_ATTRIBUTES].map(([name, read]): readonly [string, Read] => [name, ({ peers }) => read(peers)]),
  ...FROM_TAGS.map((name): readonly [string, Read] => [name, (entry) => tagged(name, entry)]),
  ['source.ip', ({ common }) => of(ipOf(remoteAddress(common)), parseIp)],
  ['origin.ip', ({ common }) => of(ipOf(common.downstreamRemoteAddress), parseIp)],
  ['source.principal', ({ peers }) => of(peers.sourceId, principalOf)],
  ['source.user', ({ peers }) => of(peers.sourceId, principalOf)],
  ['destination.principal', ({ peers }) => of(peers.destinationId, principalOf)],
  [
    'connection.mtls',
    ({ common }) => certificateId(common.tlsProperties?.peerCertificateProperties) !== undefined,
  ],
  ['connection.requested_server_name', ({ common }) => common.tlsProperties?.tlsSniHostname || undefined],
  ['connection.id', ({ common }) => common.streamId || undefined],
  [
    'context.reporter.kind',
    ({ common }) => common.customTags[CONTEXT_KEYS.reporterKind] || REPORTER_KINDS.destination,
  ],
  ['context.reporter.local', ({ common }) => !isOutbound(common)],
  ['context.proxy_error_code', ({ common }) => responseFlags(common.responseFlags)],
  ['context.time', ({ common }) => timestampValue(common.startTime)],
  ['context.timestamp', ({ common }) => timestampValue(common.startTime)],
  ['connection.duration', ({ common }) => durationValue(common.duration)],
]);

function tagged(name: string, { common, peers }: LoggedEntry): Value | undefined {
  const told = contextValue(name, common.customTags[name]) ?? PEER_ATTRIBUTES.get(name)?.(peers);
  if (told !== undefined) return told;
  const address = isOutbound(common) ? common.upstreamRemoteAddress : common.downstreamLocalAddress;
  if (name === 'destination.ip') return of(ipOf(address), parseIp);
  return name === 'destination.port' ? portOf(address) : undefined;
}

function of<T, R>(value: T | undefined, convert: (value: T) => R): R | undefined {
  return value === undefined ? undefined : convert(value);
}
