import { type DescFile, type DescMessage, getExtension, hasExtension } from '@bufbuild/protobuf';
import {
  template_name as TEMPLATE_NAME,
  template_variety as TEMPLATE_VARIETY,
} from '@quintet/proto/istio/mixer/adapter/model/v1beta1/extensions_pb.js';
import { TemplateVariety as WireVariety } from '@quintet/proto/istio/mixer/adapter/model/v1beta1/info_pb.js';
import type { Result } from '../result.ts';
import { fail, ok } from '../result.ts';
import { readDescriptor } from './descriptor.ts';
import { outputOf, shapeOf } from './shape.ts';
import type { MixerTemplate, TemplateVariety } from './template.ts';

const VARIETIES: ReadonlyMap<WireVariety, TemplateVariety> = new Map([
  [WireVariety.CHECK, 'check'],
  [WireVariety.REPORT, 'report'],
  [WireVariety.QUOTA, 'quota'],
  [WireVariety.ATTRIBUTE_GENERATOR, 'attribute generator'],
  [WireVariety.CHECK_WITH_OUTPUT, 'check with output'],
]);

/** What instances hold: of the service's schema, or of the schema that the service's is made from. */
const INSTANCE_MESSAGES = ['InstanceMsg', 'Template'];
const OUTPUT_MESSAGES = ['OutputMsg', 'OutputTemplate'];

/**
 * Reads the schema of a template object: exactly one file says with the option `template_variety` that it is a
 * template, and holds the message of the instances. The name is that of the option `template_name`, else of the package.
 */
export function readTemplate(descriptor: string): Result<MixerTemplate> {
  const registry = readDescriptor(descriptor);
  if (!registry.ok) return registry;
  const files = [...registry.value.files].filter(saysVariety);
  const [file] = files;
  if (file === undefined || files.length > 1) {
    const found = files.length === 0 ? 'none' : files.map(({ name }) => name).join(', ');
    return fail(`expected one file with the option template_variety, found ${found}`);
  }
  const options = file.proto.options;
  const number = options === undefined ? undefined : getExtension(options, TEMPLATE_VARIETY);
  const variety = number === undefined ? undefined : VARIETIES.get(number);
  if (variety === undefined) return fail(`${file.name}: unknown template_variety ${number}`);
  const instance = messageOf(file, INSTANCE_MESSAGES);
  if (instance === undefined)
    return fail(`${file.name}: expected a message InstanceMsg or Template, found neither`);
  return templateOf(file, { variety, instance });
}

function saysVariety({ proto: { options } }: DescFile): boolean {
  return options !== undefined && hasExtension(options, TEMPLATE_VARIETY);
}

function templateOf(
  file: DescFile,
  { variety, instance }: { readonly variety: TemplateVariety; readonly instance: DescMessage },
): Result<MixerTemplate> {
  const output = messageOf(file, OUTPUT_MESSAGES);
  const gives = variety === 'attribute generator' || variety === 'check with output';
  if (gives && output === undefined)
    return fail(`${file.name}: a template of variety ${variety} needs a message OutputMsg or OutputTemplate`);
  const { options } = file.proto;
  const named = options === undefined ? '' : getExtension(options, TEMPLATE_NAME);
  return ok({
    name: named === '' ? file.proto.package : named,
    variety,
    shape: shapeOf(instance),
    ...(gives && output !== undefined && { output: outputOf(output) }),
    required: [],
    constants: true,
  });
}

function messageOf(file: DescFile, names: readonly string[]): DescMessage | undefined {
  for (const name of names) {
    const message = file.messages.find((candidate) => candidate.name === name);
    if (message !== undefined) return message;
  }
  return undefined;
}
