import type { Value, ValueType } from './value.ts';

/** A literal. */
export type Constant = {
  readonly node: 'constant';
  readonly type: ValueType;
  readonly value: Value;
  readonly text: string;
};

/** An attribute by its full name, e.g. `request.headers`. */
export type Variable = { readonly node: 'variable'; readonly name: string };

/** A function, operator or method call; operators have names in capitals (`EQ`, `LAND`, `OR`, `INDEX` …). */
export type Call = {
  readonly node: 'call';
  readonly name: string;
  /** The instance of a method call, e.g. the string in `"a.*".matches(request.path)`. */
  readonly target: Expression | undefined;
  readonly args: readonly Expression[];
};

/** A parsed expression, not yet typed. */
export type Expression = Constant | Variable | Call;

/** The expression as error texts show it: `EQ($request.method, "GET")`, `"a.*":matches($request.path)`. */
export function formatExpression(expression: Expression): string {
  switch (expression.node) {
    case 'constant':
      return expression.text;
    case 'variable':
      return `$${expression.name}`;
    case 'call': {
      const target = expression.target === undefined ? '' : `${formatExpression(expression.target)}:`;
      return `${target}${expression.name}(${expression.args.map(formatExpression).join(', ')})`;
    }
  }
}

/** The names of all attributes that the expression mentions, each once, in order of appearance. */
export function attributeNames(expression: Expression): readonly string[] {
  const names = new Set<string>();
  const visit = (node: Expression): void => {
    if (node.node === 'variable') names.add(node.name);
    if (node.node !== 'call') return;
    if (node.target !== undefined) visit(node.target);
    for (const arg of node.args) visit(arg);
  };
  visit(expression);
  return [...names];
}
