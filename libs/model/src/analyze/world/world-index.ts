import type { Sidecar } from '@quintet/proto/istio/networking/v1alpha3/sidecar_pb.js';
import type { ConfigObject } from '../../config-object.ts';
import { SIDECAR } from '../../kinds/networking.ts';
import type { NativeKind, NativeOf } from '../../native/native-object.ts';
import type { AnalysisWorld } from './analysis-world.ts';
import { type DestinationRules, destinationRulesOf } from './destination-rules.ts';
import { type GatewayView, gatewaysOf } from './gateways.ts';
import { type KnownServices, knownServices } from './known-services.ts';
import { pickByAge } from './pick-kind.ts';
import { type VirtualServiceView, virtualServicesOf } from './virtual-services.ts';
import { type Workloads, workloadsOf } from './workloads.ts';

/** The world in the form that analysers ask it, made once for all of them. Lists are oldest first. */
export type WorldIndex = {
  readonly world: AnalysisWorld;
  readonly services: KnownServices;
  readonly workloads: Workloads;
  readonly virtualServices: readonly VirtualServiceView[];
  readonly gateways: readonly GatewayView[];
  readonly destinationRules: DestinationRules;
  readonly sidecars: readonly ConfigObject<Sidecar>[];
};

/** Makes the index of a world; time is about linear in its objects. */
export function indexWorld(world: AnalysisWorld): WorldIndex {
  const workloads = workloadsOf(world);
  return {
    world,
    services: knownServices(world),
    workloads,
    virtualServices: virtualServicesOf(world),
    gateways: gatewaysOf(world, workloads),
    destinationRules: destinationRulesOf(world),
    sidecars: pickByAge(world.objects, SIDECAR),
  };
}

/** The objects of one kind of Kubernetes. */
export function nativeOf<Kind extends NativeKind>(
  { native }: AnalysisWorld,
  kind: Kind,
): readonly NativeOf<Kind>[] {
  return native.filter((object): object is NativeOf<Kind> => object.kind === kind);
}
