/** Attributes of the expressions below, by type: their names say which. */
export const MANIFEST = {
  attributes: Object.fromEntries(
    Object.entries({
      STRING: ['s', 's2', 'a.b.c', 'source.name'],
      INT64: ['i', 'i2'],
      DOUBLE: ['d', 'd2'],
      BOOL: ['b', 'b2'],
      TIMESTAMP: ['t', 't2'],
      DURATION: ['dur', 'dur2'],
      IP_ADDRESS: ['addr', 'addr2'],
      STRING_MAP: ['m', 'm2'],
      URI: ['uri', 'uri2'],
      DNS_NAME: ['dns', 'dns2'],
      EMAIL_ADDRESS: ['mail', 'mail2'],
    }).flatMap(([valueType, names]) => names.map((name) => [name, { valueType }])),
  ),
};

export type ExpressionCase = {
  readonly expression: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly expected:
    | { readonly type: string; readonly value: unknown; readonly referenced: readonly string[] }
    | { readonly error: RegExp; readonly referenced?: readonly string[] };
};

/** All attributes that are there unless a case says otherwise. */
const PRESENT = {
  s: 'abc',
  i: 42,
  d: 1.5,
  b: true,
  t: '2015-01-02T15:04:35Z',
  dur: '5s',
  addr: '10.1.2.3',
  m: { k: 'v', abc: 'found', empty: '' },
  uri: 'http://example.com/path',
  dns: 'svc.example.com',
  mail: 'user@example.com',
  'a.b.c': 'dotted',
};

type Value = readonly [expression: string, type: string, value: unknown, ...referenced: string[]];
type Failure = readonly [expression: string, error: RegExp, ...referenced: string[]];

const values = (
  rows: readonly Value[],
  attributes: ExpressionCase['attributes'] = PRESENT,
): ExpressionCase[] =>
  rows.map(([expression, type, value, ...referenced]) => {
    return { expression, attributes, expected: { type, value, referenced } };
  });

/** What is refused before anything is looked at. */
const refused = (rows: readonly (readonly [expression: string, error: RegExp])[]): ExpressionCase[] =>
  rows.map(([expression, error]) => ({ expression, attributes: PRESENT, expected: { error } }));

/** What fails while it is evaluated. */
const failing = (rows: readonly Failure[]): ExpressionCase[] =>
  rows.map(([expression, error, ...referenced]) => {
    return { expression, attributes: PRESENT, expected: { error, referenced } };
  });

const LITERALS = values([
  ['"text"', 'STRING', 'text'],
  ['`raw\\n`', 'STRING', 'raw\\n'],
  ['"with \\"quotes\\" and \\t"', 'STRING', 'with "quotes" and \t'],
  ['"\\u00e4\\x41"', 'STRING', 'äA'],
  ['""', 'STRING', ''],
  ['7', 'INT64', 7],
  ['9223372036854775807', 'INT64', '9223372036854775807'],
  ['1.25', 'DOUBLE', 1.25],
  ['1e3', 'DOUBLE', 1000],
  ['true', 'BOOL', true],
  ['false', 'BOOL', false],
  ['(((true)))', 'BOOL', true],
  ['"5ms"', 'DURATION', '0.005s'],
  ['"0"', 'DURATION', '0s'],
  ['"1h"', 'DURATION', '3600s'],
  ['"1.5s"', 'DURATION', '1.500s'],
  ['"-2s"', 'DURATION', '-2s'],
  ['"5 ms"', 'STRING', '5 ms'],
  ['"5"', 'STRING', '5'],
]);

const ATTRIBUTES = values([
  ['s', 'STRING', 'abc', 's'],
  ['a.b.c', 'STRING', 'dotted', 'a.b.c'],
  ['i', 'INT64', 42, 'i'],
  ['d', 'DOUBLE', 1.5, 'd'],
  ['b', 'BOOL', true, 'b'],
  ['dur', 'DURATION', '5s', 'dur'],
  ['t', 'TIMESTAMP', '2015-01-02T15:04:35Z', 't'],
  ['addr', 'IP_ADDRESS', '10.1.2.3', 'addr'],
  ['m["k"]', 'STRING', 'v', 'm', 'm[k]'],
  ['m[s]', 'STRING', 'found', 'm', 'm[abc]', 's'],
  ['m["empty"]', 'STRING', '', 'm', 'm[empty]'],
  ['(m)["k"]', 'STRING', 'v', 'm', 'm[k]'],
]);

const EQUALITY = values([
  ['s == "abc"', 'BOOL', true, 's'],
  ['s == "ABC"', 'BOOL', false, 's'],
  ['s != "abc"', 'BOOL', false, 's'],
  ['i == 42', 'BOOL', true, 'i'],
  ['i != 42', 'BOOL', false, 'i'],
  ['d == 1.5', 'BOOL', true, 'd'],
  ['b == true', 'BOOL', true, 'b'],
  ['(b == true) == false', 'BOOL', false, 'b'],
  ['dur == "5s"', 'BOOL', true, 'dur'],
  ['dur == "5000ms"', 'BOOL', true, 'dur'],
  ['t == timestamp("2015-01-02T16:04:35+01:00")', 'BOOL', true, 't'],
  ['t != timestamp("2015-01-02T15:04:36Z")', 'BOOL', true, 't'],
  ['addr == ip("10.1.2.3")', 'BOOL', true, 'addr'],
  ['addr == ip("::ffff:10.1.2.3")', 'BOOL', true, 'addr'],
  ['addr == ip("10.1.2.4")', 'BOOL', false, 'addr'],
  ['addr != ip("10.1.2.4")', 'BOOL', true, 'addr'],
  ['dns == dnsName("SVC.example.COM")', 'BOOL', true, 'dns'],
  ['dns == dnsName("svc.example.com.")', 'BOOL', true, 'dns'],
  ['dns == dnsName("other.example.com")', 'BOOL', false, 'dns'],
  ['dnsName("bücher.example") == dnsName("xn--bcher-kva.example")', 'BOOL', true],
  ['mail == email("user@EXAMPLE.com")', 'BOOL', true, 'mail'],
  ['mail == email("User@example.com")', 'BOOL', false, 'mail'],
  ['uri == uri("HTTP://EXAMPLE.com/path")', 'BOOL', true, 'uri'],
  ['uri == uri("http://example.com/PATH")', 'BOOL', false, 'uri'],
  ['uri == uri("https://example.com/path")', 'BOOL', false, 'uri'],
  ['m["k"] == "v"', 'BOOL', true, 'm', 'm[k]'],
  ['"a" == "a"', 'BOOL', true],
  ['"5ms" == "0.005s"', 'BOOL', true],
]);

const ORDER = values([
  ['i < 43', 'BOOL', true, 'i'],
  ['i < 42', 'BOOL', false, 'i'],
  ['i <= 42', 'BOOL', true, 'i'],
  ['i > 41', 'BOOL', true, 'i'],
  ['i >= 43', 'BOOL', false, 'i'],
  ['d < 2.0', 'BOOL', true, 'd'],
  ['d >= 1.5', 'BOOL', true, 'd'],
  ['s < "abd"', 'BOOL', true, 's'],
  ['s > "abb"', 'BOOL', true, 's'],
  ['s <= "abc"', 'BOOL', true, 's'],
  ['"Z" < "a"', 'BOOL', true],
  ['t < timestamp("2016-01-01T00:00:00Z")', 'BOOL', true, 't'],
  ['t >= timestamp("2016-01-01T00:00:00Z")', 'BOOL', false, 't'],
]);

const LOGIC = values([
  ['true && true', 'BOOL', true],
  ['true && false', 'BOOL', false],
  ['false || true', 'BOOL', true],
  ['false || false', 'BOOL', false],
  ['b || b2', 'BOOL', true, 'b'],
  ['s == "x" && s2 == "y"', 'BOOL', false, 's'],
  ['s == "abc" || s2 == "y"', 'BOOL', true, 's'],
  ['s == "x" || i == 42', 'BOOL', true, 'i', 's'],
  ['true || false && false', 'BOOL', true],
  ['(true || false) && false', 'BOOL', false],
  ['i == 42 && d == 1.5 && b', 'BOOL', true, 'b', 'd', 'i'],
  ['s == "abc" == b', 'BOOL', true, 'b', 's'],
]);

const FALLBACK = values([
  ['s2 | "none"', 'STRING', 'none', '-s2'],
  ['s | "none"', 'STRING', 'abc', 's'],
  ['s2 | s', 'STRING', 'abc', '-s2', 's'],
  ['s2 | s2 | "last"', 'STRING', 'last', '-s2'],
  ['m["nope"] | "none"', 'STRING', 'none', '-m[nope]', 'm'],
  ['m2["k"] | "none"', 'STRING', 'none', '-m2'],
  ['m2["k"] | m["k"]', 'STRING', 'v', '-m2', 'm', 'm[k]'],
  ['m[s2] | "none"', 'STRING', 'none', '-s2', 'm'],
  ['m[s2 | "k"] | "none"', 'STRING', 'v', '-s2', 'm', 'm[k]'],
  ['i2 | 7', 'INT64', 7, '-i2'],
  ['d2 | 0.5', 'DOUBLE', 0.5, '-d2'],
  ['b2 | false', 'BOOL', false, '-b2'],
  ['dur2 | "10ms"', 'DURATION', '0.010s', '-dur2'],
  ['t2 | t', 'TIMESTAMP', '2015-01-02T15:04:35Z', '-t2', 't'],
  ['addr2 | ip("0.0.0.0")', 'IP_ADDRESS', '0.0.0.0', '-addr2'],
  ['(s2 | "x") == "x"', 'BOOL', true, '-s2'],
  ['(s2 == "a") | b', 'BOOL', true, '-s2', 'b'],
  ['(m["nope"] | s2) | "end"', 'STRING', 'end', '-m[nope]', '-s2', 'm'],
  ['toLower(s2) | "none"', 'STRING', 'none', '-s2'],
  ['ip(s2) | addr', 'IP_ADDRESS', '10.1.2.3', '-s2', 'addr'],
  ['conditional(b2, "a", "b") | "c"', 'STRING', 'c', '-b2'],
  ['(m2 | emptyStringMap())["k"] | "none"', 'STRING', 'none', '-m2'],
  ['m["empty"] | "none"', 'STRING', '', 'm', 'm[empty]'],
]);

const ADDITION = values([
  ['i + 1', 'INT64', 43, 'i'],
  ['1 + 2 + 3', 'INT64', 6],
  ['d + 0.25', 'DOUBLE', 1.75, 'd'],
  ['s + "-" + s', 'STRING', 'abc-abc', 's'],
  ['(s2 | "x") + "y"', 'STRING', 'xy', '-s2'],
  ['m["k"] + "!"', 'STRING', 'v!', 'm', 'm[k]'],
  ['i + 1 == 43', 'BOOL', true, 'i'],
  ['9223372036854775807 + 1', 'INT64', '-9223372036854775808'],
]);

const FUNCTIONS = values([
  ['match(s, "ab*")', 'BOOL', true, 's'],
  ['match(s, "*bc")', 'BOOL', true, 's'],
  ['match(s, "abc")', 'BOOL', true, 's'],
  ['match(s, "ab")', 'BOOL', false, 's'],
  ['match(s, "*")', 'BOOL', true, 's'],
  ['match(s, "a*c")', 'BOOL', false, 's'],
  ['match("svc.ns.svc.cluster.local", "svc.*")', 'BOOL', true],
  ['match(s2 | "x", "x*")', 'BOOL', true, '-s2'],
  ['"a.c".matches(s)', 'BOOL', true, 's'],
  ['"^b".matches(s)', 'BOOL', false, 's'],
  ['"b".matches(s)', 'BOOL', true, 's'],
  ['"^a[a-c]+$".matches(s)', 'BOOL', true, 's'],
  ['s.startsWith("ab")', 'BOOL', true, 's'],
  ['s.startsWith("b")', 'BOOL', false, 's'],
  ['s.endsWith("bc")', 'BOOL', true, 's'],
  ['s.endsWith("ab")', 'BOOL', false, 's'],
  ['m["k"].startsWith("v")', 'BOOL', true, 'm', 'm[k]'],
  ['(s2 | "abc").endsWith("c")', 'BOOL', true, '-s2'],
  ['"abc".startsWith("")', 'BOOL', true],
  ['ip("1.2.3.4")', 'IP_ADDRESS', '1.2.3.4'],
  ['ip("2001:db8::1")', 'IP_ADDRESS', '2001:db8::1'],
  ['timestamp("2015-01-02T15:04:35Z")', 'TIMESTAMP', '2015-01-02T15:04:35Z'],
  ['timestamp("2015-01-02T15:04:35.5+02:00")', 'TIMESTAMP', '2015-01-02T13:04:35.500Z'],
  ['email("user@example.com")', 'EMAIL_ADDRESS', 'user@example.com'],
  ['dnsName("example.com")', 'DNS_NAME', 'example.com'],
  ['uri("http://example.com/a")', 'URI', 'http://example.com/a'],
  ['toLower("ABC")', 'STRING', 'abc'],
  ['toLower(s + "D")', 'STRING', 'abcd', 's'],
  ['size("abc")', 'INT64', 3],
  ['size(s) == 3', 'BOOL', true, 's'],
  ['size("")', 'INT64', 0],
  ['conditional(true, "a", "b")', 'STRING', 'a'],
  ['conditional(false, 1, 2)', 'INT64', 2],
  ['conditional(i > 40, "big", "small")', 'STRING', 'big', 'i'],
  ['conditional(b, s, s2)', 'STRING', 'abc', 'b', 's'],
  ['conditional((b2 | false) == true, "a", "b")', 'STRING', 'b', '-b2'],
  ['conditionalString(false, "a", "b")', 'STRING', 'b'],
  ['conditionalString(s == "abc", "yes", "no")', 'STRING', 'yes', 's'],
  ['conditional(b, conditional(i == 1, "x", "y"), "z")', 'STRING', 'y', 'b', 'i'],
  ['emptyStringMap()', 'STRING_MAP', {}],
]);

const MISTAKES = refused([
  ['!b', /unknown function: NOT/],
  ['-i', /unknown function: SUB/],
  ['i - 1', /unknown function: SUB/],
  ['i * 2', /unknown function: MUL/],
  ['i / 2', /unknown function: QUO/],
  ['i % 2', /unknown function: REM/],
  ['nope', /unknown attribute nope/],
  ['nope.at.all == "x"', /unknown attribute nope\.at\.all/],
  ['nonsense("a")', /unknown function: nonsense/],
  ['reverse("abc")', /unknown function: reverse/],
  ['s == 1', /EQ.*arg 2 \(1\) typeError got INT64, expected STRING/],
  ['i == "1"', /EQ.*arg 2.*typeError got STRING, expected INT64/],
  ['s == "5ms"', /typeError got DURATION, expected STRING/],
  ['i == 1.0', /typeError got DOUBLE, expected INT64/],
  ['s2 | 1', /OR.*arg 2 \(1\) typeError got INT64, expected STRING/],
  ['b && s', /LAND.*arg 2 .*typeError got STRING, expected BOOL/],
  ['s || b', /LOR.*arg 1 .*typeError got STRING, expected BOOL/],
  ['dur < "5s"', /LT.*typeError got DURATION/],
  ['b > false', /GT.*typeError got BOOL/],
  ['addr < ip("1.2.3.4")', /LT.*typeError got IP_ADDRESS/],
  ['dur + "5s"', /ADD.*typeError got DURATION/],
  ['b + b', /ADD.*typeError got BOOL/],
  ['s["k"]', /INDEX.*arg 1 .*typeError got STRING, expected STRING_MAP/],
  ['m[1]', /INDEX.*arg 2 \(1\) typeError got INT64, expected STRING/],
  ['match(s)', /match.*arity mismatch\. Got 1 arg\(s\), expected 2 arg\(s\)/],
  ['match(s, "a", "b")', /arity mismatch\. Got 3 arg\(s\), expected 2 arg\(s\)/],
  ['ip()', /arity mismatch\. Got 0 arg\(s\), expected 1 arg\(s\)/],
  ['conditional(true, "a")', /arity mismatch\. Got 2 arg\(s\), expected 3 arg\(s\)/],
  ['conditional("x", 1, 2)', /typeError got STRING, expected BOOL/],
  ['conditional(true, 1, "x")', /typeError got STRING, expected INT64/],
  ['match(i, "a")', /match.*arg 1 .*typeError got INT64, expected STRING/],
  ['s.match("a")', /invoking regular function on instance method: match/],
  ['startsWith(s, "a")', /invoking instance method without an instance: startsWith/],
  ['i.startsWith("a")', /typeError got INT64, expected STRING/],
  ['s.startsWith(1)', /typeError got INT64, expected STRING/],
  ['s.startsWith("a", "b")', /arity mismatch/],
  ['toLower(1)', /typeError got INT64, expected STRING/],
  ['timestamp(1)', /typeError got INT64, expected STRING/],
  ['', /./],
  ['   ', /./],
  ['s ==', /expected operand/],
  ['(s', /expected '\)'/],
  ['s "a"', /./],
  ['"unclosed', /./],
  ['s == == s', /expected operand/],
  ['m["k"', /expected '\]'/],
  ['match(s,', /./],
  ['s; i', /./],
  ['func() {}', /./],
  ['0x1F', /decimal/],
  ['s2 == "a" | b', /OR.*typeError got BOOL, expected STRING/],
]);

const FAULTS = failing([
  ['s2', /lookup failed: 's2'/, '-s2'],
  ['s2 == "x"', /lookup failed: 's2'/, '-s2'],
  ['b && b2', /lookup failed: 'b2'/, '-b2', 'b'],
  ['s2 | source.name', /lookup failed: 'source\.name'/, '-s2', '-source.name'],
  ['m["nope"]', /lookup failed/, '-m[nope]', 'm'],
  ['m2["k"]', /lookup failed: 'm2'/, '-m2'],
  ['m["nope"] == "v"', /lookup failed/, '-m[nope]', 'm'],
  ['match(s2, "a*")', /lookup failed: 's2'/, '-s2'],
  ['s2.startsWith("a")', /lookup failed: 's2'/, '-s2'],
  ['ip("not an address")', /could not convert .*not an address.* to IP_ADDRESS/],
  ['ip(s)', /could not convert .*abc.* to IP_ADDRESS/, 's'],
  ['timestamp("yesterday")', /could not convert 'yesterday' to TIMESTAMP/],
  ['"[".matches(s)', /./, 's'],
  ['email("nobody")', /./],
  ['uri("")', /./],
  ['i2 + 1', /lookup failed: 'i2'/, '-i2'],
]);

/** Expressions over the whole language with what becomes of them. */
export const EXPRESSION_CASES: readonly ExpressionCase[] = [
  ...LITERALS,
  ...ATTRIBUTES,
  ...EQUALITY,
  ...ORDER,
  ...LOGIC,
  ...FALLBACK,
  ...ADDITION,
  ...FUNCTIONS,
  ...MISTAKES,
  ...FAULTS,
];
