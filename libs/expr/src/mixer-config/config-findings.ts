import {
  ADAPTER,
  ATTRIBUTE_MANIFEST,
  type ConfigObject,
  type Finding,
  HANDLER,
  INSTANCE,
  isOfSchema,
  RULE,
} from '@quintet/model';
import type { Handler, Instance, Rule } from '@quintet/proto/istio/policy/v1beta1/rule_pb.js';
import type { AttributeManifest } from '../manifest.ts';
import { bindingFindings } from './binding-findings.ts';
import { CLASSIC_TEMPLATES } from './classic-templates.ts';
import { handlerFindings } from './handler-findings.ts';
import { bindingsInParams, instanceFindings } from './instance-findings.ts';
import { instanceSpecFindings } from './instance-spec-findings.ts';
import { type MixerWorld, mixerWorld, templateNames } from './mixer-world.ts';
import { structOf } from './object-findings.ts';
import { ruleExpressionFindings } from './rule-expression-findings.ts';
import { actionOutputs, dangling, ruleReferenceFindings } from './rule-reference-findings.ts';
import { everything, leftOpen } from './vocabulary.ts';

/** Something found about one object. */
export type MixerFinding = { readonly object: ConfigObject; readonly finding: Finding };

/**
 * What is wrong with mixer's configuration as a whole, beyond what `mixerObjectFindings` says of each object:
 * references that lead nowhere, instances that an adapter does not take, parameters of adapters and templates of other
 * processes, expressions over attributes that no manifest declares or that have another type. The order of the objects does
 * not matter; those of other kinds are passed over.
 */
export function mixerConfigFindings(
  objects: Iterable<ConfigObject>,
  options: MixerConfigOptions = {},
): readonly MixerFinding[] {
  const all = [...objects];
  const world = mixerWorld(all, options.unreadable);
  const judged = options.partial === true ? isOfPart(world.has) : () => true;
  return all.flatMap((object) =>
    mixerFindingsIn(world, object)
      .filter(judged)
      .map((finding) => ({ object, finding })),
  );
}

export type MixerConfigOptions = {
  /**
   * The objects may be a part of the configuration. References to a kind of object that the part has none of are taken to
   * lead out of it, and are not judged.
   */
  readonly partial?: boolean;
  /** Objects, by `resourceKey`, that are there and cannot be read. */
  readonly unreadable?: ReadonlySet<string>;
};

function isOfPart(has: MixerWorld['has']): (finding: Finding) => boolean {
  return ({ code, path }) => {
    if (code !== 'IST0101') return true;
    if (path.startsWith('spec.actions')) return path.endsWith('.handler') ? has.handlers : has.instances;
    return path === 'spec.adapter' ? has.adapters : has.templates;
  };
}

/** What {@link mixerConfigFindings} says of one object, which need not be part of the world itself. */
export function mixerFindingsIn(world: MixerWorld, object: ConfigObject): readonly Finding[] {
  const { namespace } = object;
  if (isOfSchema(object, RULE.schema)) return ofRule(object.spec, world, namespace);
  if (isOfSchema(object, HANDLER.schema)) return ofHandler(object.spec, world, namespace);
  if (isOfSchema(object, INSTANCE.schema)) return ofInstance(object.spec, world, namespace);
  if (object.kind === ADAPTER.kind) return ofAdapter(object, world);
  if (isOfSchema(object, ATTRIBUTE_MANIFEST.schema)) return world.contradictions(object);
  const template = CLASSIC_TEMPLATES.get(object.kind);
  if (template === undefined) return [];
  const spec = structOf(object);
  const vocabulary = leftOpen(world);
  return [
    ...instanceFindings(spec, template, { path: 'spec', vocabulary }),
    ...bindingFindings(bindingsInParams(spec), template, { path: 'spec.attribute_bindings', vocabulary }),
  ];
}

function ofRule(rule: Rule, world: MixerWorld, namespace: string): readonly Finding[] {
  const outputs = actionOutputs(rule, { world, namespace });
  return [
    ...ruleReferenceFindings(rule, { world, namespace }),
    ...ruleExpressionFindings(rule, leftOpen({ ...world, manifest: united(world.manifest, outputs) })),
  ];
}

function united(manifest: AttributeManifest, more: AttributeManifest): AttributeManifest {
  return more.size === 0 ? manifest : new Map([...manifest, ...more]);
}

function ofHandler(
  { adapter: name, params = {} }: Handler,
  world: MixerWorld,
  namespace: string,
): readonly Finding[] {
  if (name === '') return [];
  const adapter = world.adapter(name, namespace);
  if (adapter === undefined) return [dangling('spec.adapter', 'adapter', name)];
  const { usable } = adapter;
  if (usable === undefined) return [];
  if (usable.params !== undefined) return handlerFindings(params, usable, 'spec.params');
  if (Object.keys(params).length === 0) return [];
  return [{ path: 'spec.params', message: `adapter ${name} takes no parameters` }];
}

function ofInstance(instance: Instance, world: MixerWorld, namespace: string): readonly Finding[] {
  const { compiledTemplate, template: name } = instance;
  const compiled = compiledTemplate !== '';
  const template = compiled
    ? CLASSIC_TEMPLATES.get(compiledTemplate)
    : world.template(name, namespace)?.usable;
  if (!compiled && name !== '' && world.template(name, namespace) === undefined)
    return [dangling('spec.template', 'template', name)];
  if (template === undefined) return [];
  return instanceSpecFindings(instance, template, compiled ? leftOpen(world) : everything(world));
}

/** An adapter may take the templates that every mixer has without an object of theirs. */
function ofAdapter(object: ConfigObject, world: MixerWorld): readonly Finding[] {
  return templateNames(structOf(object)).flatMap((name, at) => {
    if (world.template(name, object.namespace) !== undefined) return [];
    const [plain = ''] = name.split('.');
    return CLASSIC_TEMPLATES.has(plain) ? [] : [dangling(`spec.templates[${at}]`, 'template', name)];
  });
}
