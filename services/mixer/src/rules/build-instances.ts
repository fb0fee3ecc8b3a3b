import type { AttributeManifest } from '@quintet/expr';
import type { ConfigObject, Issue } from '@quintet/model';
import type { Instance } from '@quintet/proto/istio/policy/v1beta1/rule_pb.js';
import type { CompiledInstance } from '../templates/template.ts';
import { TEMPLATES, varietyOf } from '../templates/templates.ts';
import { issueAt, MIXER_ISSUES } from './issues.ts';

/** Instances by `<name>.instance.<namespace>`: compiled, or known to exist with the reason why they are not. */
export type Instances = ReadonlyMap<string, CompiledInstance | UnusableInstance>;

export type UnusableInstance = {
  readonly unusable: string;
  readonly template: string;
  /** Which decision about requests it would have taken part in. */
  readonly decides: 'check' | 'quota' | undefined;
};

/** Compiles instances against the manifest. */
export function buildInstances(
  objects: readonly ConfigObject<Instance>[],
  manifest: AttributeManifest,
): { readonly instances: Instances; readonly issues: readonly Issue[]; readonly errors: number } {
  const instances = new Map<string, CompiledInstance | UnusableInstance>();
  const issues: Issue[] = [];
  let errors = 0;
  for (const object of objects) {
    const { instance, found } = buildInstance(object, manifest);
    instances.set(`${object.name}.instance.${object.namespace}`, instance);
    issues.push(...found);
    if (found.some(({ severity }) => severity === 'error')) errors++;
  }
  return { instances, issues, errors };
}

function buildInstance(
  object: ConfigObject<Instance>,
  manifest: AttributeManifest,
): { instance: CompiledInstance | UnusableInstance; found: Issue[] } {
  const { compiledTemplate, template: externalTemplate, params = {}, attributeBindings } = object.spec;
  const name = compiledTemplate || externalTemplate;
  const template = TEMPLATES.get(compiledTemplate);
  if (template === undefined) {
    const variety = varietyOf(compiledTemplate || shortName(externalTemplate));
    const known = variety !== undefined || externalTemplate !== '';
    const message = known
      ? `template ${name} is not realised`
      : `found template ${JSON.stringify(name)}, expected one of ${[...TEMPLATES.keys()].join(', ')}`;
    const path = compiledTemplate === '' && externalTemplate !== '' ? 'template' : 'compiledTemplate';
    const code = known ? MIXER_ISSUES.restriction : MIXER_ISSUES.reference;
    const reports = variety === 'report' || variety === 'attribute generator' || !known;
    const decides = reports ? undefined : variety === 'quota' ? 'quota' : 'check';
    return {
      instance: { unusable: message, template: name, decides },
      found: [issueAt(object, { path, message }, { code })],
    };
  }
  const { instance, problems } = template.compile(params, {
    name: `${object.name}.instance.${object.namespace}`,
    shortName: object.name,
    manifest,
  });
  const found = problems.map((problem) => issueAt(object, problem));
  if (Object.keys(attributeBindings).length > 0) {
    const message = `template ${name} produces no attributes, so bindings have no effect`;
    found.push(issueAt(object, { path: 'attributeBindings', message }, { severity: 'warning' }));
  }
  if (instance !== undefined) return { instance, found };
  return {
    instance: {
      unusable: 'it is invalid',
      template: name,
      decides: template.variety === 'report' ? undefined : template.variety,
    },
    found,
  };
}

/** The name of a template of an adapter in another process, without its kind and namespace. */
function shortName(template: string): string {
  return template.split('.')[0] ?? '';
}
