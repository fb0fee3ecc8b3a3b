import type { ConfigObject } from '@quintet/model';
import type { Instance, Rule } from '@quintet/proto/istio/policy/v1beta1/rule_pb.js';
import { contentKey, objectKey, sourceOf } from './content-key.ts';
import { type Keyed, reuse } from './reuse.ts';

/** A mixer rule that can refuse a request, or change its headers: mixer has to be asked. */
export type CheckRule = {
  readonly namespace: string;
  /** Empty matches always. */
  readonly match: string;
  /** `quota`: it acts only on requests whose service is bound to a quota. */
  readonly kind: 'check' | 'quota';
  readonly source: string;
};

/** The rules that a request's check may meet, oldest first. */
export type CheckRuleIndex = Keyed & { readonly rules: readonly CheckRule[] };

/** Templates whose instances only report or only produce attributes: rules with no others never refuse. */
const HARMLESS_TEMPLATES: ReadonlySet<string> = new Set([
  'metric',
  'logentry',
  'reportnothing',
  'edge',
  'tracespan',
  'kubernetes',
]);
const QUOTA_TEMPLATE = 'quota';
const UNKNOWN_TEMPLATE = '?';
const INSTANCE_KIND = 'instance';

/** Builds the index from the mixer's rules and instances; an instance that is not known counts as one that refuses. */
export function buildCheckRules(options: {
  readonly rules: readonly ConfigObject<Rule>[];
  readonly instances: readonly ConfigObject<Instance>[];
  readonly previous?: CheckRuleIndex;
}): CheckRuleIndex {
  const { rules, instances } = options;
  const key = contentKey([...rules, ...instances].map(objectKey));
  return reuse(options.previous, key, () => {
    const templates = new Map(
      instances.map((instance) => [
        `${instance.namespace}/${instance.name}`,
        templateName(instance.spec.compiledTemplate || instance.spec.template),
      ]),
    );
    return { key, rules: rules.flatMap((rule) => checkRulesOf(rule, templates)) };
  });
}

/**
 * True when a request of `namespace` can meet a rule that refuses. Rules of the policy namespace hold everywhere,
 * others in their own. `canMatch` is asked with what is known of the request and says no only when it is sure.
 */
export function canBeRefused(
  index: CheckRuleIndex,
  request: {
    readonly namespace: string;
    readonly policyNamespace: string;
    readonly hasQuota: boolean;
    readonly canMatch: (match: string) => boolean;
  },
): boolean {
  return index.rules.some(
    (rule) =>
      (rule.namespace === request.namespace || rule.namespace === request.policyNamespace) &&
      (rule.kind === 'check' || request.hasQuota) &&
      (rule.match === '' || request.canMatch(rule.match)),
  );
}

function checkRulesOf(rule: ConfigObject<Rule>, templates: ReadonlyMap<string, string>): CheckRule[] {
  const used = rule.spec.actions.flatMap((action) =>
    action.instances.map((reference) => templateOf(reference, rule.namespace, templates)),
  );
  const refusing = used.filter((template) => !HARMLESS_TEMPLATES.has(template));
  const changesHeaders =
    rule.spec.requestHeaderOperations.length > 0 || rule.spec.responseHeaderOperations.length > 0;
  if (refusing.length === 0 && !changesHeaders) return [];
  const onlyQuota = !changesHeaders && refusing.every((template) => template === QUOTA_TEMPLATE);
  const kind = onlyQuota ? 'quota' : 'check';
  return [{ namespace: rule.namespace, match: rule.spec.match.trim(), kind, source: sourceOf(rule) }];
}

/**
 * The template of what a rule refers to: `name`, `name.instance`, `name.instance.<namespace>`, or `name.<template>`
 * where the template is a kind of its own.
 */
function templateOf(reference: string, namespace: string, templates: ReadonlyMap<string, string>): string {
  const [name = '', kind = INSTANCE_KIND, home = namespace] = reference.split('.');
  if (kind === INSTANCE_KIND) return templates.get(`${home}/${name}`) ?? UNKNOWN_TEMPLATE;
  return templateName(kind);
}

function templateName(written: string): string {
  return written.split('.')[0]?.toLowerCase() ?? '';
}
