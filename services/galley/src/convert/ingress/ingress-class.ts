import type { NativeIngress, NativeIngressClass } from '@quintet/model';
import {
  type MeshConfig,
  MeshConfig_IngressControllerMode as Mode,
} from '@quintet/proto/istio/mesh/v1alpha1/mesh_config_pb.js';

/** The controller that an IngressClass names for us. */
const CONTROLLER = 'istio.io/ingress-controller';
/** How a class was named before there were IngressClasses; counts before the field. */
const CLASS_ANNOTATION = 'kubernetes.io/ingress.class';
const DEFAULT_ANNOTATION = 'ingressclass.kubernetes.io/is-default-class';

/** What the mesh says about Ingresses. */
export type ClassSettings = Pick<MeshConfig, 'ingressClass' | 'ingressControllerMode'>;

/**
 * Whether an Ingress is ours. With a class: when it is the mesh's class by annotation, or an IngressClass of our
 * controller by field (or the mesh's class, if nobody made an IngressClass of that name). Without one: when the default
 * IngressClass is ours; if there is no default, in mode DEFAULT only. In mode OFF none is.
 */
export function isOurs(
  ingress: NativeIngress,
  {
    settings,
    classes,
  }: { readonly settings: ClassSettings; readonly classes: readonly NativeIngressClass[] },
): boolean {
  const { ingressClass, ingressControllerMode: mode } = settings;
  if (mode === Mode.OFF) return false;
  const annotated = ingress.annotations[CLASS_ANNOTATION];
  if (annotated !== undefined && annotated !== '') return annotated === ingressClass;
  const named = ingress.spec.ingressClassName;
  if (named !== undefined) {
    const found = classes.find(({ name }) => name === named);
    return found === undefined ? named === ingressClass : found.spec.controller === CONTROLLER;
  }
  const standard = classes.find(({ annotations }) => annotations[DEFAULT_ANNOTATION] === 'true');
  return standard === undefined ? mode === Mode.DEFAULT : standard.spec.controller === CONTROLLER;
}
