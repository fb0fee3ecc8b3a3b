import type { NativeIngress, NativeIngressClass } from '@quintet/model';
import { MeshConfig_IngressControllerMode as Mode } from '@quintet/proto/istio/mesh/v1alpha1/mesh_config_pb.js';
import { describe, expect, it } from 'vitest';
import { native } from '../testing-native.ts';
import { isOurs } from './ingress-class.ts';

function ingress(spec: Record<string, string>, annotations: Record<string, string> = {}): NativeIngress {
  const object = native('Ingress', 'shop/web', { metadata: { annotations }, spec });
  if (object.kind !== 'Ingress') throw new TypeError('no Ingress');
  return object;
}

function ingressClass(name: string, controller: string, standard = false): NativeIngressClass {
  const annotations = standard ? { 'ingressclass.kubernetes.io/is-default-class': 'true' } : {};
  const object = native('IngressClass', name, { metadata: { annotations }, spec: { controller } });
  if (object.kind !== 'IngressClass') throw new TypeError('no IngressClass');
  return object;
}

const OURS = 'istio.io/ingress-controller';
const PLAIN = ingress({});
const annotated = (name: string) =>
  ingress({ ingressClassName: 'x' }, { 'kubernetes.io/ingress.class': name });
const named = (name: string) => ingress({ ingressClassName: name });

describe('isOurs', () => {
  it.each([
    ['no class', Mode.STRICT, PLAIN, [], false],
    ['no class', Mode.DEFAULT, PLAIN, [], true],
    ['no class', Mode.OFF, PLAIN, [], false],
    ['our class by annotation', Mode.STRICT, annotated('istio'), [], true],
    ['our class by annotation', Mode.DEFAULT, annotated('istio'), [], true],
    ['our class by annotation', Mode.OFF, annotated('istio'), [], false],
    ['another class by annotation', Mode.DEFAULT, annotated('nginx'), [], false],
    ['our class by field, without IngressClass', Mode.STRICT, named('istio'), [], true],
    ['another by field, without IngressClass', Mode.DEFAULT, named('nginx'), [], false],
    ['an IngressClass of ours', Mode.STRICT, named('edge'), [ingressClass('edge', OURS)], true],
    ['our class taken by another', Mode.STRICT, named('istio'), [ingressClass('istio', 'x/y')], false],
    ['no class, ours is the default', Mode.STRICT, PLAIN, [ingressClass('edge', OURS, true)], true],
    ['no class, another is the default', Mode.DEFAULT, PLAIN, [ingressClass('edge', 'x/y', true)], false],
  ])('%s, mode %i', (_, ingressControllerMode, object, classes, expected) => {
    const settings = { ingressClass: 'istio', ingressControllerMode };
    expect(isOurs(object, { settings, classes })).toBe(expected);
  });
});
