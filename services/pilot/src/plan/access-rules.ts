import type {
  Operation,
  Rule,
  Source,
  Condition as When,
} from '@quintet/proto/istio/security/v1beta1/authorization_policy_pb.js';
import { ALWAYS, allOf, anyOf, NEVER, principalFacts, valueMatch } from './access-conditions.ts';
import type { AccessPolicy, Condition, OperationFact, SourceFact } from './access-types.ts';
import { addressRange } from './address-range.ts';

/** How a rule is read. */
export type RuleReading = {
  readonly protocol: 'http' | 'tcp';
  /**
   * What stands for a field that cannot be checked here: an ALLOW rule with one allows nothing, a DENY rule denies
   * as if the field were met.
   */
  readonly unknown: 'never' | 'always';
  /** Trust domains that stand for one another, the mesh's own first. */
  readonly trustDomains: readonly string[];
};

type Asked = Condition<OperationFact>;
type Asker = Condition<SourceFact>;

/** Reads one rule: one of its operations, by one of its sources, under all of its conditions. */
export function readRule(rule: Rule, reading: RuleReading): Pick<AccessPolicy, 'operation' | 'source'> {
  const sources = rule.from.map(({ source }) => sourceCondition(source, reading));
  const operations = rule.to.map(({ operation }) => operationCondition(operation, reading));
  const when = rule.when.map((condition) => whenCondition(condition, reading));
  return {
    source: allOf([sources.length > 0 ? anyOf(sources) : undefined, ...when.map(({ source }) => source)]),
    operation: allOf([
      operations.length > 0 ? anyOf(operations) : undefined,
      ...when.map(({ operation }) => operation),
    ]),
  };
}

function sourceCondition(source: Source | undefined, reading: RuleReading): Asker {
  if (!source) return unknown(reading);
  const principals = (values: readonly string[]) =>
    values.flatMap((value) => principalFacts(value, reading.trustDomains));
  const namespaces = (values: readonly string[]) =>
    values.map((value): Asker => ({ kind: 'namespace', match: valueMatch(value) }));
  const addresses = (values: readonly string[]) =>
    values.map((value): Asker => ({ kind: 'source-ip', range: addressRange(value) }));
  return allOf([
    wanted(principals(source.principals)),
    unwanted(principals(source.notPrincipals)),
    wanted(namespaces(source.namespaces)),
    unwanted(namespaces(source.notNamespaces)),
    wanted(addresses(source.ipBlocks)),
    unwanted(addresses(source.notIpBlocks)),
    uncheckedSource(source) ? unknown<SourceFact>(reading) : undefined,
  ]);
}

/** Fields about end users' tokens and forwarded addresses, which nothing here can check. */
function uncheckedSource(source: Source): boolean {
  return [
    source.requestPrincipals,
    source.notRequestPrincipals,
    source.remoteIpBlocks,
    source.notRemoteIpBlocks,
    source.serviceAccounts,
    source.notServiceAccounts,
    source.trustDomains,
    source.notTrustDomains,
  ].some((values) => values.length > 0);
}

function operationCondition(operation: Operation | undefined, reading: RuleReading): Asked {
  if (!operation) return unknown(reading);
  const http = (kind: 'host' | 'method' | 'path', values: readonly string[]) =>
    values.map(
      (value): Asked =>
        reading.protocol === 'http' ? { kind, match: valueMatch(value) } : unknown<OperationFact>(reading),
    );
  const ports = (values: readonly string[]) => values.map((value): Asked => portFact(value, reading));
  const negated = (values: readonly Asked[]) =>
    reading.protocol === 'http' || values.length === 0 ? unwanted(values) : unknown<OperationFact>(reading);
  return allOf([
    wanted(http('host', operation.hosts)),
    negated(http('host', operation.notHosts)),
    wanted(http('method', operation.methods)),
    negated(http('method', operation.notMethods)),
    wanted(http('path', operation.paths)),
    negated(http('path', operation.notPaths)),
    wanted(ports(operation.ports)),
    unwanted(ports(operation.notPorts)),
  ]);
}

type WhenCondition = { readonly source?: Asker; readonly operation?: Asked };

const HEADER_KEY = /^request\.headers\[(.+)\]$/;

/** A condition of `when` restricts either who asks or what is asked for. */
function whenCondition(when: When, reading: RuleReading): WhenCondition {
  const both = <Fact extends SourceFact | OperationFact>(
    fact: (value: string) => readonly Condition<Fact>[],
  ) => allOf([wanted(when.values.flatMap(fact)), unwanted(when.notValues.flatMap(fact))]);
  if (when.values.length + when.notValues.length === 0) return { operation: unknown(reading) };
  const header = HEADER_KEY.exec(when.key)?.[1];
  if (header !== undefined) {
    if (reading.protocol === 'tcp') return { operation: unknown(reading) };
    return {
      operation: both<OperationFact>((value) => [
        { kind: 'header', name: header.toLowerCase(), match: valueMatch(value) },
      ]),
    };
  }
  switch (when.key) {
    case 'source.ip':
      return { source: both<SourceFact>((value) => [{ kind: 'source-ip', range: addressRange(value) }]) };
    case 'source.namespace':
      return { source: both<SourceFact>((value) => [{ kind: 'namespace', match: valueMatch(value) }]) };
    case 'source.principal':
      return { source: both<SourceFact>((value) => principalFacts(value, reading.trustDomains)) };
    case 'destination.ip':
      return {
        operation: both<OperationFact>((value) => [{ kind: 'destination-ip', range: addressRange(value) }]),
      };
    case 'destination.port':
      return { operation: both<OperationFact>((value) => [portFact(value, reading)]) };
    case 'connection.sni':
      return {
        operation: both<OperationFact>((value) => [{ kind: 'server-name', match: valueMatch(value) }]),
      };
    default:
      return { operation: unknown(reading) };
  }
}

function portFact(value: string, reading: RuleReading): Asked {
  const port = Number(value);
  return Number.isInteger(port) && port > 0 && port < 65536
    ? { kind: 'destination-port', port }
    : unknown(reading);
}

function wanted<Fact extends SourceFact | OperationFact>(
  facts: readonly Condition<Fact>[],
): Condition<Fact> | undefined {
  return facts.length === 0 ? undefined : anyOf(facts);
}

function unwanted<Fact extends SourceFact | OperationFact>(
  facts: readonly Condition<Fact>[],
): Condition<Fact> | undefined {
  return facts.length === 0 ? undefined : { kind: 'not', of: anyOf(facts) };
}

function unknown<Fact extends SourceFact | OperationFact>({ unknown }: RuleReading): Condition<Fact> {
  return unknown === 'never' ? NEVER : ALWAYS;
}
