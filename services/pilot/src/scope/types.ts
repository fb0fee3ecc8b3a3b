import type { Protocol } from '@quintet/model';
import type { ProxyNode } from '@quintet/proxy';
import type { AuthenticationIndex } from '../snapshot/authentication.ts';
import type { AuthorizationConfig } from '../snapshot/authorization.ts';
import type { CheckRuleIndex } from '../snapshot/check-rules.ts';
import type { DestinationRuleConfig } from '../snapshot/destination-rules.ts';
import type { GatewayConfig } from '../snapshot/gateways.ts';
import type { MeshSettings } from '../snapshot/mesh-settings.ts';
import type { QuotaIndex } from '../snapshot/quotas.ts';
import type { MeshService, ServiceInstance } from '../snapshot/services.ts';
import type { SidecarConfig } from '../snapshot/sidecars.ts';
import type { VirtualServiceConfig } from '../snapshot/virtual-services.ts';

/**
 * All that one proxy may see of the configuration, and nothing else: the plan is made of this alone. Scopes with
 * equal keys give equal plans.
 */
export type Scope = {
  readonly key: string;
  /** Proxies with an equal one have the same outbound clusters, or the same outbound route tables. */
  readonly sharedKeys: { readonly clusters: string; readonly routes: string };
  readonly proxy: ProxyNode;
  readonly mesh: MeshSettings;
  /** What happens to requests for hosts nobody knows. */
  readonly outbound: MeshSettings['outbound'];
  /** The services the proxy has clusters for, oldest first. */
  readonly services: readonly MeshService[];
  /** The same by host; several entries of one host belong to one namespace. */
  readonly servicesByHost: ReadonlyMap<string, readonly MeshService[]>;
  /** The rule that holds for a host of `services`. */
  readonly destinationRules: ReadonlyMap<string, DestinationRuleConfig>;
  /** Where the workload runs, `region/zone/subzone`: as its first service says, else as the proxy does. */
  readonly locality: string;
  /** The services of the workload itself, with its endpoint in each. */
  readonly instances: readonly ServiceInstance[];
  readonly sidecar?: SidecarConfig;
  /** Younger Sidecars that select the workload as well, and do not count. */
  readonly otherSidecars: readonly SidecarConfig[];
  /** What each outbound listener of a sidecar may reach; empty for routers. */
  readonly egress: readonly EgressView[];
  /** The gateways of a router; empty for sidecars. */
  readonly gateways: readonly GatewayConfig[];
  /** The virtual services of a router's gateways; those of a sidecar stand in `egress`. */
  readonly virtualServices: readonly VirtualServiceConfig[];
  readonly authentication: AuthenticationIndex;
  readonly authorization: readonly AuthorizationConfig[];
  readonly quotas: QuotaIndex;
  readonly checkRules: CheckRuleIndex;
};

/** One egress listener of a Sidecar, or the implicit one that reaches everything. */
export type EgressView = {
  /** Absent: a listener for every port of its services. */
  readonly port?: { readonly number: number; readonly name: string; readonly protocol: Protocol };
  /** As written; empty when it is not. An address, or `unix:///path`. */
  readonly bind: string;
  /** Gets its connections from the listener that takes captured traffic, instead of binding a port. */
  readonly captured: boolean;
  readonly services: readonly MeshService[];
  readonly virtualServices: readonly VirtualServiceConfig[];
};
