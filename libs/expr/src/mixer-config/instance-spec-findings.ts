import type { Finding } from '@quintet/model';
import type { Instance } from '@quintet/proto/istio/policy/v1beta1/rule_pb.js';
import { bindingFindings } from './binding-findings.ts';
import { bindingsInParams, instanceFindings } from './instance-findings.ts';
import type { MixerTemplate } from './template.ts';
import type { Vocabulary } from './vocabulary.ts';

/** What is wrong with the parameters and the bindings of an `instance` object of a template. */
export function instanceSpecFindings(
  { params = {}, attributeBindings }: Pick<Instance, 'params' | 'attributeBindings'>,
  template: MixerTemplate,
  vocabulary: Vocabulary,
): readonly Finding[] {
  return [
    ...instanceFindings(params, template, { path: 'spec.params', vocabulary }),
    ...bindingFindings(bindingsInParams(params), template, {
      path: 'spec.params.attribute_bindings',
      vocabulary,
    }),
    ...bindingFindings(attributeBindings, template, { path: 'spec.attributeBindings', vocabulary }),
  ];
}
