import type { Expression } from './ast.ts';
import { parseDuration } from './duration.ts';
import { unquote } from './go-literal.ts';
import type { Token } from './lexer.ts';
import { isKeyword, position, tokenize } from './lexer.ts';
import type { Result } from './result.ts';
import { fail, ok } from './result.ts';

/** Longer texts are refused before they are read. */
export const MAX_LENGTH = 65_536;
/** Deeper nesting is refused: checking, compiling and evaluating recurse. */
export const MAX_DEPTH = 500;

/** Go's binary operators: precedence (5 binds tightest; note that `|` binds tighter than `==`) and function name. */
const BINARY: ReadonlyMap<string, readonly [precedence: number, name: string]> = new Map([
  ['||', [1, 'LOR']],
  ['&&', [2, 'LAND']],
  ['==', [3, 'EQ']],
  ['!=', [3, 'NEQ']],
  ['<', [3, 'LT']],
  ['<=', [3, 'LE']],
  ['>', [3, 'GT']],
  ['>=', [3, 'GE']],
  ['+', [4, 'ADD']],
  ['-', [4, 'SUB']],
  ['|', [4, 'OR']],
  ['^', [4, 'XOR']],
  ['*', [5, 'MUL']],
  ['/', [5, 'QUO']],
  ['%', [5, 'REM']],
  ['<<', [5, 'SHL']],
  ['>>', [5, 'SHR']],
  ['&', [5, 'AND']],
  ['&^', [5, 'AND_NOT']],
]);

const UNARY: ReadonlyMap<string, string> = new Map([
  ['+', 'ADD'],
  ['-', 'SUB'],
  ['!', 'NOT'],
  ['^', 'XOR'],
  ['&', 'AND'],
  ['<-', 'ARROW'],
]);

/**
 * Parses an expression of the mixer's language, whose syntax is that of Go expressions. What Go parses and the language
 * has no meaning for (negation, subtraction …) becomes a call of an unknown function, which type checking names.
 */
export function parse(text: string): Result<Expression> {
  if (text.length > MAX_LENGTH) {
    return fail(`expression of ${text.length} characters is longer than the limit of ${MAX_LENGTH}`);
  }
  const tokens = tokenize(text);
  if (!tokens.ok) return fail(`unable to parse expression '${text}': ${tokens.message}`);
  try {
    return ok(new Parser(tokens.value).whole());
  } catch (error) {
    if (!(error instanceof SyntaxProblem)) throw error;
    return fail(`unable to parse expression '${text}': ${error.message}`);
  }
}

/** Ends the recursive descent; never leaves this file. */
class SyntaxProblem extends Error {}

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  whole(): Expression {
    const { expression } = this.#binary(1);
    if (this.#current().kind === 'newline') this.#at++;
    if (this.#current().kind !== 'end') this.#unexpected("'end of expression'");
    return expression;
  }

  /** Returns the depth of the tree as well, since chains of operators nest to the left without recursion here. */
  #binary(lowest: number): Sized {
    let left = this.#unary();
    for (;;) {
      const token = this.#current();
      const operator = token.kind === 'operator' ? BINARY.get(token.text) : undefined;
      if (operator === undefined || operator[0] < lowest) return left;
      this.#at++;
      const right = this.#binary(operator[0] + 1);
      left = this.#call(operator[1], undefined, [left, right]);
    }
  }

  #unary(): Sized {
    const token = this.#current();
    const name = token.kind === 'operator' ? UNARY.get(token.text) : undefined;
    if (name === undefined) return this.#primary();
    this.#at++;
    return this.#nested(() => this.#call(name, undefined, [this.#unary()]));
  }

  #primary(): Sized {
    let operand = this.#operand();
    for (;;) {
      if (this.#accept('.')) {
        operand = this.#selected(operand);
      } else if (this.#accept('[')) {
        const key = this.#nested(() => this.#binary(1));
        this.#expect(']');
        operand = this.#call('INDEX', undefined, [operand, key]);
      } else if (this.#is('(')) {
        throw new SyntaxProblem(
          `${position(this.#current().at)}: unexpected expression: only a name can be called`,
        );
      } else {
        return operand;
      }
    }
  }

  #operand(): Sized {
    const token = this.#current();
    this.#at++;
    switch (token.kind) {
      case 'identifier':
        if (isKeyword(token.text)) break;
        if (this.#is('(')) return this.#call(token.text, undefined, this.#arguments());
        return { expression: identifier(token.text), depth: 1 };
      case 'int':
      case 'float':
      case 'rune':
      case 'string':
        return { expression: literal(token), depth: 1 };
      case 'operator':
        if (token.text !== '(') break;
        return this.#nested(() => {
          const inner = this.#binary(1);
          this.#expect(')');
          return { expression: inner.expression, depth: inner.depth };
        });
      default:
    }
    this.#at--;
    return this.#unexpected('operand');
  }

  /** `a.b` extends an attribute's name; `x.f(…)` calls a method of x. */
  #selected(operand: Sized): Sized {
    const token = this.#current();
    if (token.kind !== 'identifier' || isKeyword(token.text)) this.#unexpected('selector or type assertion');
    this.#at++;
    if (this.#is('(')) return this.#call(token.text, operand, this.#arguments());
    if (operand.expression.node !== 'variable') {
      throw new SyntaxProblem(
        `${position(token.at)}: unexpected expression: '.${token.text}' of something that is no attribute`,
      );
    }
    return { expression: { node: 'variable', name: `${operand.expression.name}.${token.text}` }, depth: 1 };
  }

  #arguments(): Sized[] {
    this.#expect('(');
    const args: Sized[] = [];
    while (!this.#is(')')) {
      args.push(this.#nested(() => this.#binary(1)));
      if (!this.#accept(',')) break;
    }
    this.#expect(')');
    return args;
  }

  /** A literal that reads as a duration is one already, so `duration("5s")` is that literal. */
  #call(name: string, target: Sized | undefined, args: readonly Sized[]): Sized {
    const literal = name === 'duration' && target === undefined && args.length === 1 ? args[0] : undefined;
    if (literal?.expression.node === 'constant' && literal.expression.type === 'DURATION') return literal;
    const depth = 1 + Math.max(0, target?.depth ?? 0, ...args.map((arg) => arg.depth));
    if (depth > MAX_DEPTH) throw new SyntaxProblem(tooDeep());
    return {
      expression: { node: 'call', name, target: target?.expression, args: args.map((arg) => arg.expression) },
      depth,
    };
  }

  #nested<T>(parse: () => T): T {
    if (++this.#depth > MAX_DEPTH) throw new SyntaxProblem(tooDeep());
    const result = parse();
    this.#depth--;
    return result;
  }

  #current(): Token {
    return this.#tokens[this.#at] ?? { kind: 'end', text: '', at: 0 };
  }

  #is(operator: string): boolean {
    const token = this.#current();
    return token.kind === 'operator' && token.text === operator;
  }

  #accept(operator: string): boolean {
    const found = this.#is(operator);
    if (found) this.#at++;
    return found;
  }

  #expect(operator: string): void {
    if (!this.#accept(operator)) this.#unexpected(`'${operator}'`);
  }

  #unexpected(expected: string): never {
    const token = this.#current();
    const found = token.kind === 'end' ? "'EOF'" : token.kind === 'newline' ? 'newline' : `'${token.text}'`;
    throw new SyntaxProblem(`${position(token.at)}: expected ${expected}, found ${found}`);
  }
}

type Sized = { readonly expression: Expression; readonly depth: number };

function tooDeep(): string {
  return `nested deeper than the limit of ${MAX_DEPTH}`;
}

function identifier(word: string): Expression {
  const lower = word.toLowerCase();
  if (lower !== 'true' && lower !== 'false') return { node: 'variable', name: word };
  return { node: 'constant', type: 'BOOL', value: lower === 'true', text: lower };
}

function literal(token: Token): Expression {
  const { text } = token;
  if (token.kind === 'int') {
    if (!/^\d+$/.test(text))
      throw new SyntaxProblem(`parsing "${text}": integers are written in decimal digits`);
    const value = BigInt(text);
    if (value >= 2n ** 63n) throw new SyntaxProblem(`parsing "${text}": value out of range`);
    return { node: 'constant', type: 'INT64', value, text };
  }
  if (token.kind === 'float') return { node: 'constant', type: 'DOUBLE', value: float(text), text };
  const unquoted = unquote(text);
  if (!unquoted.ok) throw new SyntaxProblem(`${position(token.at)}: ${unquoted.message}`);
  const duration = parseDuration(unquoted.value);
  if (duration !== undefined) return { node: 'constant', type: 'DURATION', value: duration, text };
  return { node: 'constant', type: 'STRING', value: unquoted.value, text };
}

function float(text: string): number {
  const digits = text.replaceAll('_', '');
  const hex = /^0[xX]([0-9a-fA-F]*)\.?([0-9a-fA-F]*)[pP]([+-]?\d+)$/.exec(digits);
  const value =
    hex === null
      ? Number(digits)
      : Number.parseInt(`0${hex[1]}${hex[2]}`, 16) * 2 ** (Number(hex[3]) - 4 * (hex[2] ?? '').length);
  if (!Number.isFinite(value)) throw new SyntaxProblem(`parsing "${text}": value out of range`);
  return value;
}
