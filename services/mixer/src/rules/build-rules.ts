import { type AttributeManifest, compile, type Program, parseReference, type ValueType } from '@quintet/expr';
import type { ConfigObject, Issue } from '@quintet/model';
import {
  type Action,
  Rule_HeaderOperationTemplate_Operation as Operation,
  type Rule,
  type Rule_HeaderOperationTemplate,
} from '@quintet/proto/istio/policy/v1beta1/rule_pb.js';
import type { Adapter } from '../adapters/adapter.ts';
import type { CompiledInstance } from '../templates/template.ts';
import { TEMPLATES, varietyOf } from '../templates/templates.ts';
import type { HandlerSlot } from './build-handlers.ts';
import type { Instances } from './build-instances.ts';
import { issueAt, MIXER_ISSUES } from './issues.ts';
import type { ActionPlan, HeaderOperationPlan, Refusal, RulePlan } from './table.ts';

/** What rules are compiled against. */
export type RuleContext = {
  readonly manifest: AttributeManifest;
  readonly instances: Instances;
  readonly handlers: ReadonlyMap<string, HandlerSlot>;
};

/** A compiled rule, absent when its match or form makes it unusable, with everything found. */
export type BuiltRule = {
  readonly rule?: RulePlan;
  readonly issues: readonly Issue[];
  readonly matchError: boolean;
  readonly unsatisfiedActions: number;
};

/** Compiles a rule. Actions that cannot be done are left out; those that would decide make the rule refuse. */
export function buildRule(object: ConfigObject<Rule>, context: RuleContext): BuiltRule {
  const issues: Issue[] = [];
  const match = compileField(
    object,
    context.manifest,
    { path: 'match', text: object.spec.match, type: 'BOOL' },
    issues,
  );
  if (match === undefined && object.spec.match.trim() !== '') {
    return { issues, matchError: true, unsatisfiedActions: 0 };
  }
  const outcomes = object.spec.actions.map((action, at) =>
    buildAction(object, { action, at }, context, issues),
  );
  if (object.spec.sampling !== undefined) {
    const message = 'sampling is not realised: every request counts';
    issues.push(
      issueAt(object, { path: 'sampling', message }, { code: MIXER_ISSUES.unrealised, severity: 'warning' }),
    );
  }
  return {
    issues,
    matchError: false,
    unsatisfiedActions: outcomes.filter(({ actions }) => actions.length === 0).length,
    rule: {
      name: `${object.name}.rule.${object.namespace}`,
      namespace: object.namespace,
      match,
      actions: outcomes.flatMap(({ actions }) => actions),
      headerOperations: headerOperations(object, context.manifest, issues),
      refusals: outcomes.flatMap(({ refusals }) => refusals),
    },
  };
}

type Outcome = { readonly actions: readonly ActionPlan[]; readonly refusals: readonly Refusal[] };

function buildAction(
  object: ConfigObject<Rule>,
  { action, at }: { readonly action: Action; readonly at: number },
  context: RuleContext,
  issues: Issue[],
): Outcome {
  const path = `actions[${at}]`;
  const refer = (where: string, message: string) =>
    issues.push(issueAt(object, { path: where, message }, { code: MIXER_ISSUES.reference }));
  const reference = parseReference(action.handler, object.namespace);
  const key = reference === undefined ? '' : `${reference.name}.handler.${reference.namespace}`;
  const slot = context.handlers.get(key);
  const { usable, refusals } = findInstances(
    object,
    { action, path, adapter: slot?.adapter },
    context,
    refer,
  );
  if (slot === undefined) refer(`${path}.handler`, `handler ${action.handler} does not exist`);
  if (slot?.adapter === undefined) {
    return {
      actions: [],
      refusals: [...refusals, ...refusalsOf(usable, `handler ${action.handler} is not available`)],
    };
  }
  const byVariety = Map.groupBy(usable, (instance) => instance.variety);
  return {
    actions: [...byVariety].map(([variety, instances]) => ({ variety, handler: key, instances })),
    refusals,
  };
}

function refusalsOf(instances: readonly CompiledInstance[], reason: string): readonly Refusal[] {
  return instances.flatMap(({ variety }) => (variety === 'report' ? [] : [{ variety, reason }]));
}

/** The instances of an action that its adapter can take, and the decisions that are lost with the others. */
function findInstances(
  object: ConfigObject<Rule>,
  {
    action,
    path,
    adapter,
  }: { readonly action: Action; readonly path: string; readonly adapter: Adapter | undefined },
  { instances }: RuleContext,
  refer: (path: string, message: string) => void,
): { usable: CompiledInstance[]; refusals: Refusal[] } {
  const usable: CompiledInstance[] = [];
  const refusals: Refusal[] = [];
  for (const [index, text] of action.instances.entries()) {
    const where = `${path}.instances[${index}]`;
    const reference = parseReference(text, object.namespace);
    const found =
      reference === undefined
        ? undefined
        : instances.get(`${reference.name}.instance.${reference.namespace}`);
    const refuse = (variety: 'check' | 'quota' | undefined) => {
      if (variety !== undefined) refusals.push({ variety, reason: `instance ${text} is not available` });
    };
    if (found === undefined) {
      refer(where, `instance ${text} does not exist`);
      refuse(adapter === undefined ? decisionNamed(reference?.kind) : decisionOf(adapter));
    } else if ('unusable' in found) {
      refer(where, `instance ${text} cannot be used: ${found.unusable}`);
      refuse(found.decides);
    } else if (adapter !== undefined && !adapter.templates.includes(found.template)) {
      const takes = adapter.templates.join(', ');
      refer(
        where,
        `instance ${text} is of template ${found.template}, adapter ${adapter.name} takes ${takes}`,
      );
      refuse(found.variety === 'report' ? undefined : found.variety);
    } else {
      usable.push(found);
    }
  }
  return { usable, refusals };
}

/** What an instance of the first mixer API decides: it is referred to by its template. */
function decisionNamed(template: string | undefined): 'check' | 'quota' | undefined {
  const variety = varietyOf(template ?? '');
  return variety === 'check' || variety === 'quota' ? variety : undefined;
}

/** What an adapter decides, whichever instance it is given. */
function decisionOf(adapter: Adapter): 'check' | 'quota' | undefined {
  const varieties = new Set(adapter.templates.map((name) => TEMPLATES.get(name)?.variety));
  if (varieties.has('check')) return 'check';
  return varieties.has('quota') ? 'quota' : undefined;
}

/** What a rule does to headers: their names are written as they are, their values are expressions. */
function headerOperations(
  object: ConfigObject<Rule>,
  manifest: AttributeManifest,
  issues: Issue[],
): readonly HeaderOperationPlan[] {
  const { requestHeaderOperations, responseHeaderOperations } = object.spec;
  const plan = (header: 'request' | 'response') => (operation: Rule_HeaderOperationTemplate, at: number) => {
    const path = `${header}HeaderOperations[${at}]`;
    const values = operation.values.map((text, index) =>
      compileField(object, manifest, { path: `${path}.values[${index}]`, text, type: 'STRING' }, issues),
    );
    if (operation.name === '') {
      issues.push(issueAt(object, { path: `${path}.name`, message: 'expected the name of a header' }));
      return [];
    }
    return [
      {
        header,
        operation: operationName(operation.operation),
        name: operation.name,
        values: values.filter((value) => value !== undefined),
      },
    ];
  };
  return [
    ...requestHeaderOperations.flatMap(plan('request')),
    ...responseHeaderOperations.flatMap(plan('response')),
  ];
}

function operationName(operation: Operation): HeaderOperationPlan['operation'] {
  if (operation === Operation.REMOVE) return 'remove';
  return operation === Operation.APPEND ? 'append' : 'replace';
}

function compileField(
  object: ConfigObject<Rule>,
  manifest: AttributeManifest,
  field: { readonly path: string; readonly text: string; readonly type: ValueType },
  issues: Issue[],
): Program | undefined {
  if (field.text.trim() === '') return undefined;
  const program = compile(field.text, manifest);
  if (program.ok && program.value.type === field.type) return program.value;
  const message = program.ok
    ? `expression '${field.text}' has type ${program.value.type}, expected ${field.type}`
    : program.message;
  issues.push(issueAt(object, { path: field.path, message }));
  return undefined;
}
