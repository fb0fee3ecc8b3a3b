import type { Scope } from '../scope/types.ts';
import type { AccessPlan } from './access-types.ts';
import type { Asking } from './mixer.ts';
import type { RouteTablePlan, VirtualHostPlan } from './route-types.ts';

/** A table with what all tables of one side of a proxy have in common. */
export function routeTable(options: {
  readonly name: string;
  readonly asking: Asking;
  /** Attributes of the proxy's own side; they travel with every Check. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly ignoresPort: boolean;
  /** Who may come in; nobody is asked without. */
  readonly access?: readonly AccessPlan[];
  readonly virtualHosts: readonly VirtualHostPlan[];
}): RouteTablePlan {
  const { name, asking, attributes, ignoresPort, access = [], virtualHosts } = options;
  return {
    name,
    ignoresPort,
    checkAttributes: asking.check ? attributes : {},
    access,
    virtualHosts,
    sources: tableSources(asking.scope, virtualHosts, access),
  };
}

function tableSources(
  scope: Scope,
  virtualHosts: readonly VirtualHostPlan[],
  access: readonly AccessPlan[],
): readonly string[] {
  const sources = [...virtualHosts, ...access].flatMap((part) => part.sources);
  return [...new Set([...sources, ...(scope.sidecar ? [scope.sidecar.source] : [])])].toSorted();
}
