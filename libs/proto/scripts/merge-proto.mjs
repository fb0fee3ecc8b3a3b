// Merges two proto files of the same package: a base that is a release behind, and a fragment that holds only the
// declarations the base lacks. The result is what the newer release of the base would have said.

/**
 * @typedef {object} Statement
 * @property {number} start position of the statement in the text it was read from
 * @property {string} text the statement as it stands in the file, comments inside it included
 * @property {string} comment what stands between the statement and the one before it, trimmed
 * @property {string | undefined} block "message", "enum" or "oneof" when the statement is such a block
 * @property {string | undefined} name name of the block, field or value; undefined where the statement has none
 * @property {string} head the text up to and including the opening brace (blocks only)
 * @property {string} body the text between the braces (blocks only)
 */

const MERGED_BLOCKS = new Set(['message', 'enum', 'oneof']);
const OPAQUE_BLOCKS = new Set(['service', 'extend']);
const OPENING = new Set(['{', '[', '(']);
const CLOSING = new Set(['}', ']', ')']);

/**
 * Adds the declarations of `fragment` to `base` and returns the merged file. Messages, enums and oneofs of the same name
 * are merged, everything else that is new is appended. Throws when the packages differ or when a declaration of the
 * fragment exists in the base already, because the fragment is then out of date.
 *
 * @param {string} base
 * @param {string} fragment
 * @returns {string}
 */
export function mergeProto(base, fragment) {
  const basePackage = packageOf(base);
  const fragmentPackage = packageOf(fragment);
  if (basePackage !== fragmentPackage) {
    throw new Error(`package ${fragmentPackage} cannot be merged into package ${basePackage}`);
  }
  return mergeBodies(base, fragment, basePackage);
}

/**
 * The paths that a proto file imports, in order.
 *
 * @param {string} text
 * @returns {string[]}
 */
export function importsOf(text) {
  return parse(text).flatMap((statement) => {
    const match = /^import\s+(?:public\s+|weak\s+)?"([^"]+)"/.exec(statement.text);
    return match?.[1] === undefined ? [] : [match[1]];
  });
}

/** @param {string} text */
function packageOf(text) {
  for (const statement of parse(text)) {
    const match = /^package\s+([\w.]+)/.exec(statement.text);
    if (match?.[1] !== undefined) return match[1];
  }
  throw new Error('no package statement');
}

/**
 * @param {string} base
 * @param {string} fragment
 * @param {string} scope full name of the enclosing declaration, for error messages
 */
function mergeBodies(base, fragment, scope) {
  const existing = parse(base);
  const imported = new Set(importsOf(base));
  let merged = '';
  let copied = 0;
  const additions = [];
  const twins = new Map();
  for (const statement of parse(fragment)) {
    if (/^(syntax|package|option)\b/.test(statement.text)) continue;
    const twin = existing.find((other) => other.name !== undefined && other.name === statement.name);
    if (twin !== undefined) twins.set(twin, mergeTwins(twin, statement, scope));
    else if (!importsOf(statement.text).some((path) => imported.has(path))) {
      additions.push([statement.comment, statement.text].filter((part) => part !== '').join('\n'));
    }
  }
  for (const [twin, text] of [...twins].sort(([one], [other]) => one.start - other.start)) {
    merged += base.slice(copied, twin.start) + text;
    copied = twin.start + twin.text.length;
  }
  return [merged + base.slice(copied), ...additions, ''].join('\n');
}

/**
 * @param {Statement} twin
 * @param {Statement} statement
 * @param {string} scope
 */
function mergeTwins(twin, statement, scope) {
  const name = `${scope}.${statement.name}`;
  if (twin.block === undefined || twin.block !== statement.block) {
    throw new Error(`${name} is declared in the base already: remove it from the fragment`);
  }
  return `${twin.head}${mergeBodies(twin.body, statement.body, name)}}`;
}

/**
 * Splits the inside of a file or block into its statements.
 *
 * @param {string} text
 * @returns {Statement[]}
 */
function parse(text) {
  const statements = [];
  let previousEnd = 0;
  let position = skipBlank(text, 0);
  while (position < text.length) {
    const end = endOfStatement(text, position);
    const comment = text.slice(previousEnd, position).trim();
    const declaration = text.slice(position, end);
    if (declaration !== ';') statements.push({ start: position, comment, ...describe(declaration) });
    previousEnd = end;
    position = skipBlank(text, end);
  }
  return statements;
}

/**
 * @param {string} text
 * @returns {Omit<Statement, 'start' | 'comment'>}
 */
function describe(text) {
  const block = /^(\w+)\s+(\w+)\s*\{/.exec(text);
  if (block?.[1] !== undefined && MERGED_BLOCKS.has(block[1])) {
    const head = block[0];
    return { text, block: block[1], name: block[2], head, body: text.slice(head.length, -1) };
  }
  const field = /(\w+)\s*=\s*-?(?:0x)?\d+\s*(?:\[|;)/.exec(text);
  const name = /^(option|import|syntax|package|reserved)\b/.test(text) ? undefined : field?.[1];
  return { text, block: undefined, name, head: '', body: '' };
}

/**
 * Position after the statement that begins at `start`: its semicolon, or the brace that closes its block.
 *
 * @param {string} text
 * @param {number} start
 */
function endOfStatement(text, start) {
  const keyword = /^\w+/.exec(text.slice(start))?.[0] ?? '';
  const isBlock = MERGED_BLOCKS.has(keyword) || OPAQUE_BLOCKS.has(keyword);
  let depth = 0;
  for (let position = start; position < text.length; position = nextToken(text, position)) {
    const character = text.charAt(position);
    if (OPENING.has(character)) depth += 1;
    if (CLOSING.has(character)) depth -= 1;
    if (depth === 0 && (character === ';' || (isBlock && character === '}'))) return position + 1;
  }
  throw new Error(`statement without an end: ${text.slice(start, start + 60)}`);
}

/**
 * Position of the next character that is neither inside a comment nor inside a string.
 *
 * @param {string} text
 * @param {number} position
 */
function nextToken(text, position) {
  const character = text.charAt(position);
  const next = character === '"' || character === "'" ? endOfString(text, position) : position + 1;
  return skipComment(text, next);
}

/**
 * @param {string} text
 * @param {number} start
 */
function endOfString(text, start) {
  let position = start + 1;
  while (position < text.length && text.charAt(position) !== text.charAt(start)) {
    position += text.charAt(position) === '\\' ? 2 : 1;
  }
  return position + 1;
}

/**
 * @param {string} text
 * @param {number} start
 */
function skipComment(text, start) {
  let position = start;
  for (;;) {
    const end = text.startsWith('//', position) ? '\n' : text.startsWith('/*', position) ? '*/' : undefined;
    if (end === undefined) return position;
    const found = text.indexOf(end, position + 2);
    position = found < 0 ? text.length : found + end.length;
  }
}

/**
 * @param {string} text
 * @param {number} start
 */
function skipBlank(text, start) {
  let position = skipComment(text, start);
  while (position < text.length && /\s/.test(text.charAt(position))) {
    position = skipComment(text, position + 1);
  }
  return position;
}
