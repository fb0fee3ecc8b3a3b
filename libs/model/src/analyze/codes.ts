import type { IssueCodeRow } from '../issue-codes.ts';

/** Codes of the analysis that the classic one does not have: objects that are right by themselves and do not fit. */
export const ANALYSIS_CODES = {
  QTT4001: {
    severity: 'warning',
    title: 'UnreachableRoute',
    template: '%s is never reached: %s takes all of its requests',
    advice: 'Put the narrower route before the wider one, or remove it.',
  },
  QTT4002: {
    severity: 'warning',
    title: 'ShadowedMatch',
    template: '%s never decides anything: %s matches all that it matches',
    advice: 'Remove the match, or put it before the wider one.',
  },
  QTT4003: {
    severity: 'warning',
    title: 'ConflictingGatewayVirtualServiceHosts',
    template: 'The VirtualServices %s define the same host %s on the gateway %s: %s',
    advice: 'Merge the virtual services, or give their routes matches that exclude each other.',
  },
  QTT4004: {
    severity: 'warning',
    title: 'ConflictingGatewayServers',
    template: 'The Gateways %s serve the host %s on port %d of the same workload: %s',
    advice: 'Keep one server for each host and port, or give the Gateways different selectors.',
  },
  QTT4005: {
    severity: 'warning',
    title: 'ConflictingSidecarHosts',
    template: 'The egress host %q brings in %s from the namespaces %s: only one of them can be reached',
    advice: 'Name the namespace in the egress host instead of a wildcard.',
  },
  QTT4006: {
    severity: 'warning',
    title: 'SubsetWithoutWorkload',
    template: 'No workload of %s carries the labels %s of the subset %q',
    advice: 'Correct the labels, or deploy the version: until then requests to the subset are answered 503.',
  },
  QTT4007: {
    severity: 'warning',
    title: 'UnusedVirtualService',
    template: 'No gateway or workload takes the VirtualService: %s',
    advice: 'Let the hosts of the virtual service and of the gateway meet, and let the gateway see it.',
  },
  QTT4008: {
    severity: 'warning',
    title: 'PortWithoutProtocol',
    template: 'The port %d %s; the protocol is found out by looking at the bytes',
    advice: 'Name the port <protocol> or <protocol>-<name>, or give it an appProtocol.',
  },
  QTT4009: {
    severity: 'warning',
    title: 'DestinationRuleWithoutTls',
    template: 'The rule says nothing of TLS and takes the place of %s, while %s accepts mutual TLS only',
    advice: 'Add trafficPolicy.tls.mode ISTIO_MUTUAL to the rule, or switch automatic mutual TLS on.',
  },
  QTT4010: {
    severity: 'error',
    title: 'PlaintextClientOfStrictServer',
    template: 'Clients call %s with %s, and it accepts mutual TLS only: %s',
    advice:
      'Let a DestinationRule say ISTIO_MUTUAL, switch automatic mutual TLS on, or make the policy permissive.',
  },
  QTT4011: {
    severity: 'warning',
    title: 'ConflictingServiceEntryHosts',
    template: 'The host %s on port %d is defined by %s too',
    advice: 'Keep one of them, or narrow their exportTo so that nobody sees both. The oldest wins.',
  },
  QTT4012: {
    severity: 'warning',
    title: 'WildcardServiceEntryConflict',
    template: 'The wildcard host %s covers %s of %s: %s',
    advice: 'Use a narrower wildcard, or the same protocol for the same port.',
  },
  QTT4013: {
    severity: 'warning',
    title: 'ServiceEntryAddressCollision',
    template: 'Port %d of %s wants the listener %s, which %s has already',
    advice:
      'Give each entry addresses of its own, or another port: TCP is told apart by address and port alone.',
  },
  QTT4014: {
    severity: 'warning',
    title: 'CertificateExpires',
    template: 'The certificate of %s %s',
    advice: 'Renew the certificate and update the Secret.',
  },
} as const satisfies Readonly<Record<string, IssueCodeRow>>;
