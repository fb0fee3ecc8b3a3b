import type { Analyzer } from './analyzer.ts';
import { annotationAnalyzer } from './classic/annotations.ts';
import { deprecationAnalyzer } from './classic/deprecation.ts';
import { destinationHostAnalyzer } from './classic/destination-hosts.ts';
import { destinationSubsetAnalyzer } from './classic/destination-subsets.ts';
import { gatewayPortAnalyzer } from './classic/gateway-ports.ts';
import { injectionAnalyzer } from './classic/injection.ts';
import { jwtAnalyzer } from './classic/jwt.ts';
import { meshHostConflictAnalyzer } from './classic/mesh-host-conflicts.ts';
import { proxyVersionAnalyzer } from './classic/proxy-versions.ts';
import { schemaAnalyzer } from './classic/schema.ts';
import { serviceRoleBindingAnalyzer, serviceRoleServicesAnalyzer } from './classic/service-roles.ts';
import { sidecarDefaultAnalyzer, sidecarSelectorAnalyzer } from './classic/sidecars.ts';
import { virtualServiceGatewayAnalyzer } from './classic/virtual-service-gateways.ts';
import { certificateAnalyzer } from './own/certificates.ts';
import { gatewayHostConflictAnalyzer } from './own/gateway-host-conflicts.ts';
import { gatewayServerConflictAnalyzer } from './own/gateway-server-conflicts.ts';
import { listenerCollisionAnalyzer } from './own/listener-collisions.ts';
import { mutualTlsClientAnalyzer } from './own/mutual-tls-clients.ts';
import { portNameAnalyzer } from './own/port-names.ts';
import { restrictionAnalyzer } from './own/restrictions.ts';
import { serviceEntryHostAnalyzer } from './own/service-entry-hosts.ts';
import { sidecarHostConflictAnalyzer } from './own/sidecar-host-conflicts.ts';
import { subsetWorkloadAnalyzer } from './own/subset-workloads.ts';
import { unreachableRouteAnalyzer } from './own/unreachable-routes.ts';
import { unusedVirtualServiceAnalyzer } from './own/unused-virtual-services.ts';

/** Each object by itself: what the webhook would refuse, and what is not realised. Whoever checks objects as they come knows it. */
const OBJECT_ANALYZERS: readonly Analyzer[] = [schemaAnalyzer, restrictionAnalyzer];

/** All analysers. None needs another to have run before it; the order is that of the list shown to users. */
export const ANALYZERS: readonly Analyzer[] = [
  ...OBJECT_ANALYZERS,
  // What is accepted against advice.
  deprecationAnalyzer,
  // References from one object to another, as the classic analysis follows them.
  gatewayPortAnalyzer,
  virtualServiceGatewayAnalyzer,
  destinationHostAnalyzer,
  destinationSubsetAnalyzer,
  serviceRoleBindingAnalyzer,
  serviceRoleServicesAnalyzer,
  sidecarSelectorAnalyzer,
  // Objects that claim the same thing, as the classic analysis finds them.
  sidecarDefaultAnalyzer,
  meshHostConflictAnalyzer,
  // Pods and Services of Kubernetes: injection, annotations, ports for tokens.
  injectionAnalyzer,
  proxyVersionAnalyzer,
  annotationAnalyzer,
  jwtAnalyzer,
  // From here on our own. Routing: what is never reached, and what nobody takes up.
  unreachableRouteAnalyzer,
  unusedVirtualServiceAnalyzer,
  subsetWorkloadAnalyzer,
  // Hosts, ports and addresses that several objects claim.
  gatewayHostConflictAnalyzer,
  gatewayServerConflictAnalyzer,
  sidecarHostConflictAnalyzer,
  serviceEntryHostAnalyzer,
  listenerCollisionAnalyzer,
  // What breaks connections: guessed protocols, TLS that does not fit, certificates at their end.
  portNameAnalyzer,
  mutualTlsClientAnalyzer,
  certificateAnalyzer,
];

/** The analysers for objects that have been checked one by one: what is beyond a single object, and advice. */
export const ANALYZERS_OF_CHECKED: readonly Analyzer[] = ANALYZERS.filter(
  (analyzer) => !OBJECT_ANALYZERS.includes(analyzer),
);
