import type { AttributeManifest, Program } from '@quintet/expr';
import type { Issue } from '@quintet/model';
import type { Handler, HandlerEnv } from '../adapters/adapter.ts';
import type { QuotaSpecs } from '../quotas/quota-specs.ts';
import type { CompiledInstance, Variety } from '../templates/template.ts';

/** A handler to be made, or kept when its signature is the one it was made with. */
export type HandlerPlan = {
  /** `<name>.handler.<namespace>`. */
  readonly key: string;
  /** `<name>.<namespace>`, as answers name it. */
  readonly name: string;
  readonly adapter: string;
  /** Equal signatures mean equal handlers. */
  readonly signature: string;
  readonly build: (env: HandlerEnv) => Handler;
};

/** What a matching rule does. */
export type ActionPlan = {
  readonly variety: Variety;
  /** Key of the handler. */
  readonly handler: string;
  readonly instances: readonly CompiledInstance[];
};

/** A change of a header that a rule asks for. */
export type HeaderOperationPlan = {
  readonly header: 'request' | 'response';
  readonly operation: 'replace' | 'remove' | 'append';
  readonly name: string;
  readonly values: readonly Program[];
};

export type RulePlan = {
  /** `<name>.rule.<namespace>`. */
  readonly name: string;
  readonly namespace: string;
  /** Absent: always. */
  readonly match: Program | undefined;
  readonly actions: readonly ActionPlan[];
  readonly headerOperations: readonly HeaderOperationPlan[];
  /** Decisions that the rule wants and that cannot be made: matching requests are refused. */
  readonly refusals: readonly Refusal[];
};

/** Where security is decided, what cannot be resolved denies; a quota's only when the quota is asked for. */
export type Refusal = { readonly variety: 'check' | 'quota'; readonly reason: string };

/** How many objects of a kind there are, and how many have errors. */
export type TableCounts = {
  readonly attributes: number;
  readonly handlers: number;
  readonly handlerErrors: number;
  readonly instances: number;
  readonly instanceErrors: number;
  readonly rules: number;
  readonly ruleErrors: number;
  readonly matchErrors: number;
  readonly unsatisfiedActions: number;
};

/** Everything that configuration means, compiled; nothing of it is at work yet. */
export type RuleTable = {
  readonly manifest: AttributeManifest;
  readonly handlers: ReadonlyMap<string, HandlerPlan>;
  /** Rules that a request of the namespace meets, those of the default namespace first. */
  rulesFor(namespace: string): readonly RulePlan[];
  readonly quotaSpecs: QuotaSpecs;
  readonly issues: readonly Issue[];
  readonly counts: TableCounts;
};
