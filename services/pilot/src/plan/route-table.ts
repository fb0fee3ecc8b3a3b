import type { Scope } from '../scope/types.ts';
import type { Asking } from './mixer.ts';
import type { RouteTablePlan, VirtualHostPlan } from './route-types.ts';

/** A table with what all tables of one side of a proxy have in common. */
export function routeTable(options: {
  readonly name: string;
  readonly asking: Asking;
  /** Attributes of the proxy's own side; they travel with every Check. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly ignoresPort: boolean;
  readonly virtualHosts: readonly VirtualHostPlan[];
}): RouteTablePlan {
  const { name, asking, attributes, ignoresPort, virtualHosts } = options;
  return {
    name,
    ignoresPort,
    checkAttributes: asking.check ? attributes : {},
    virtualHosts,
    sources: tableSources(asking.scope, virtualHosts),
  };
}

function tableSources(scope: Scope, virtualHosts: readonly VirtualHostPlan[]): readonly string[] {
  const sources = virtualHosts.flatMap((host) => host.sources);
  return [...new Set([...sources, ...(scope.sidecar ? [scope.sidecar.source] : [])])].toSorted();
}
