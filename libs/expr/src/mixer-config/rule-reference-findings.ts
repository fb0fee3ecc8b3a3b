import { type Finding, fillTemplate } from '@quintet/model';
import type { Action, Rule } from '@quintet/proto/istio/policy/v1beta1/rule_pb.js';
import type { AttributeManifest } from '../manifest.ts';
import type { KnownHandler, MixerWorld } from './mixer-world.ts';
import { parseReference } from './references.ts';

/** What a reference that leads nowhere is told by. */
export function dangling(path: string, what: string, reference: string): Finding {
  return { code: 'IST0101', path, message: fillTemplate('IST0101', [what, reference]) };
}

/**
 * What is wrong with the references of a rule: handlers and instances that are not there, and instances of a template that
 * the adapter of the handler does not take.
 */
export function ruleReferenceFindings(
  { actions }: Rule,
  { world, namespace }: { readonly world: MixerWorld; readonly namespace: string },
): readonly Finding[] {
  return actions.flatMap((action, at) => {
    const path = `spec.actions[${at}]`;
    const handler = world.handler(action.handler, namespace);
    return [
      ...(handler === undefined && action.handler !== ''
        ? [missing(`${path}.handler`, 'handler', action.handler, namespace)]
        : []),
      ...instanceFindings(action, { world, namespace, path, handler }),
    ];
  });
}

type ActionPlace = {
  readonly world: MixerWorld;
  readonly namespace: string;
  readonly path: string;
  readonly handler: KnownHandler | undefined;
};

function instanceFindings({ instances }: Action, place: ActionPlace): readonly Finding[] {
  const { world, namespace, handler } = place;
  const seen = new Set<string>();
  return instances.flatMap((reference, at) => {
    const path = `${place.path}.instances[${at}]`;
    if (reference === '') return [];
    if (seen.has(reference)) return [{ path, message: `the instance ${reference} is named twice` }];
    seen.add(reference);
    const instance = world.instance(reference, namespace);
    if (instance === undefined) return [missing(path, 'instance', reference, namespace)];
    const { template } = instance;
    const adapter = handler?.adapter;
    if (template === undefined || adapter === undefined || adapter.templates.includes(template.name))
      return [];
    const takes = adapter.templates.length === 0 ? 'none' : adapter.templates.join(', ');
    const message = `instance ${reference} is of template ${template.name} (${template.variety}), adapter ${adapter.name} takes ${takes}`;
    return [{ path, message }];
  });
}

function missing(path: string, what: string, reference: string, namespace: string): Finding {
  if (parseReference(reference, namespace) !== undefined) return dangling(path, what, reference);
  const message = `expected name, name.namespace or name.kind.namespace, found ${JSON.stringify(reference)}`;
  return { path, message };
}

/** The attributes `<action>.output.<field>` that the actions of a rule hand to its header operations. */
export function actionOutputs(
  { actions }: Rule,
  { world, namespace }: { readonly world: MixerWorld; readonly namespace: string },
): AttributeManifest {
  return new Map(
    actions.flatMap(({ name, instances }) => {
      if (name === '') return [];
      const templates = instances.map((instance) => world.instance(instance, namespace)?.template);
      return templates.flatMap((template) =>
        [...(template?.output ?? [])].map(([field, type]) => [`${name}.output.${field}`, type] as const),
      );
    }),
  );
}
