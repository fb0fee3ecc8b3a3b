import { type Bag, Fault, formatIp, regexMatcher } from '@quintet/expr';
import type { ConfigObject, Issue } from '@quintet/model';
import type {
  AttributeMatch,
  QuotaRule,
  QuotaSpec,
  StringMatch,
} from '@quintet/proto/istio/mixer/v1/config/client/quota_pb.js';
import { issueAt } from '../rules/issues.ts';

/** What a quota costs a request. */
export type Charge = { readonly quota: string; readonly amount: number };

/** The quota specs of the configuration. */
export type QuotaSpecs = {
  /** The charges of a request whose service is bound to the named specs (`namespace/name`); one for each quota. */
  chargesFor(specs: readonly string[], bag: Bag): readonly Charge[];
  readonly issues: readonly Issue[];
};

type CompiledRule = { readonly matches: (bag: Bag) => boolean; readonly charges: readonly Charge[] };

/** Compiles quota specs. A rule without matches always counts; else one of its matches with all its clauses must hold. */
export function buildQuotaSpecs(objects: readonly ConfigObject<QuotaSpec>[]): QuotaSpecs {
  const issues: Issue[] = [];
  const specs = new Map(
    objects.map((object) => [
      `${object.namespace}/${object.name}`,
      object.spec.rules.map((rule, at) => compileRule(object, rule, at, issues)),
    ]),
  );
  return {
    issues,
    chargesFor: (names, bag) => {
      const amounts = new Map<string, number>();
      for (const rule of names.flatMap((name) => specs.get(name) ?? [])) {
        if (!rule.matches(bag)) continue;
        for (const { quota, amount } of rule.charges) amounts.set(quota, (amounts.get(quota) ?? 0) + amount);
      }
      return [...amounts].map(([quota, amount]) => ({ quota, amount }));
    },
  };
}

function compileRule(
  object: ConfigObject<QuotaSpec>,
  rule: QuotaRule,
  at: number,
  issues: Issue[],
): CompiledRule {
  const matchers = rule.match.map((match, index) =>
    compileMatch(match, (clause, message) =>
      issues.push(issueAt(object, { path: `rules[${at}].match[${index}].clause[${clause}]`, message })),
    ),
  );
  return {
    matches: (bag) => matchers.length === 0 || matchers.some((matches) => matches(bag)),
    charges: rule.quotas.map(({ quota, charge }) => ({ quota, amount: charge })),
  };
}

function compileMatch(
  match: AttributeMatch,
  complain: (clause: string, message: string) => void,
): (bag: Bag) => boolean {
  const clauses = Object.entries(match.clause).map(([attribute, wanted]) => {
    const fits = compileStringMatch(wanted, (message) => complain(attribute, message));
    return (bag: Bag) => {
      const text = textOf(bag, attribute);
      return text !== undefined && fits(text);
    };
  });
  return (bag) => clauses.every((holds) => holds(bag));
}

/** A clause that cannot be read counts as held: a quota is rather charged too often than escaped. */
function compileStringMatch(
  match: StringMatch,
  complain: (message: string) => void,
): (text: string) => boolean {
  switch (match.matchType.case) {
    case 'exact': {
      const { value } = match.matchType;
      return (text) => text === value;
    }
    case 'prefix': {
      const { value } = match.matchType;
      return (text) => text.startsWith(value);
    }
    case 'regex': {
      const matcher = regexMatcher(`^(?:${match.matchType.value})$`);
      if (!(matcher instanceof Fault)) return matcher;
      complain(matcher.message);
      return () => true;
    }
    default:
      complain('expected exact, prefix or regex');
      return () => true;
  }
}

function textOf(bag: Bag, attribute: string): string | undefined {
  const value = bag.get(attribute);
  if (value === undefined || typeof value === 'string') return value;
  if (value instanceof Uint8Array) return formatIp(value);
  return typeof value === 'object' ? undefined : String(value);
}
