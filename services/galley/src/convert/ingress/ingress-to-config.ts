import {
  type ConfigObject,
  compareByAge,
  type Issue,
  type NativeIngress,
  type NativeIngressClass,
} from '@quintet/model';
import { Remembered } from '../remembered.ts';
import { type ClassSettings, isOurs } from './ingress-class.ts';
import { ingressGateways } from './ingress-gateway.ts';
import { ingressRoutes, type RouteOptions } from './ingress-routes.ts';
import { ingressVirtualServices } from './ingress-virtual-services.ts';

export type IngressOptions = RouteOptions & {
  readonly classes: readonly NativeIngressClass[];
  readonly settings: ClassSettings;
  /** Value of the label `istio` of the pods that serve Ingresses. */
  readonly selector: string;
  /** Saves making again what does not change; given from call to call. */
  readonly remembered?: Remembered<ConfigObject>;
};

/**
 * The gateways and virtual services of those Ingresses that are ours. Of what contradicts, the oldest Ingress counts.
 * Paths without a backend are left out, with an issue.
 */
export function ingressToConfig(
  ingresses: readonly NativeIngress[],
  options: IngressOptions,
): { readonly objects: readonly ConfigObject[]; readonly issues: readonly Issue[] } {
  const ours = ingresses.filter((ingress) => isOurs(ingress, options)).toSorted(compareByAge);
  const made = ours.map((ingress) => ingressRoutes(ingress, options));
  const remembered = options.remembered ?? new Remembered<ConfigObject>();
  const objects = [
    ...ingressGateways(ours, options.selector, remembered),
    ...ingressVirtualServices(
      made.flatMap(({ routes }) => routes),
      remembered,
    ),
  ];
  remembered.sweep();
  return { objects, issues: made.flatMap(({ issues }) => issues) };
}
