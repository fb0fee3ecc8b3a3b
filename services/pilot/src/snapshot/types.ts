import type { Issue } from '@quintet/model';
import type { AuthenticationIndex } from './authentication.ts';
import type { AuthorizationIndex } from './authorization.ts';
import type { CheckRuleIndex } from './check-rules.ts';
import type { DestinationRuleIndex } from './destination-rules.ts';
import type { GatewayIndex } from './gateways.ts';
import type { MeshSettings } from './mesh-settings.ts';
import type { QuotaIndex } from './quotas.ts';
import type { Registry } from './services.ts';
import type { SidecarIndex } from './sidecars.ts';
import type { VirtualServiceIndex } from './virtual-services.ts';

/**
 * The configuration of one moment, indexed and with every conflict decided. Each part has a `key` and is the same
 * object as in the snapshot before when its content did not change.
 */
export type Snapshot = {
  readonly mesh: MeshSettings;
  readonly registry: Registry;
  readonly virtualServices: VirtualServiceIndex;
  readonly destinationRules: DestinationRuleIndex;
  readonly gateways: GatewayIndex;
  readonly sidecars: SidecarIndex;
  readonly authentication: AuthenticationIndex;
  readonly authorization: AuthorizationIndex;
  readonly quotas: QuotaIndex;
  readonly checkRules: CheckRuleIndex;
  readonly references: { readonly key: string; readonly issues: readonly Issue[] };
  /** What is wrong with the configuration as a whole, whichever proxy asks. */
  readonly issues: readonly Issue[];
};
