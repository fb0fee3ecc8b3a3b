/** A literal block (`|` or `|-`) and how many lines it takes. */
export type Literal = { readonly value: string; readonly lines: number };

/** What stands behind a key or dash when a literal block follows. */
const HEADER = /^\|(-?)(?: +#.*)?$/;

/** Whether a value is a literal block, as far as its first line says. */
export function isLiteral(text: string): boolean {
  return HEADER.test(text);
}

/**
 * Reads a literal block: the lines from `start` on that are indented by more than `indent`. Undefined for what the
 * YAML library has to judge: a block without text, lines that are indented by less than the first, and lines of
 * nothing but spaces at its ends.
 */
export function readLiteral(
  header: string,
  lines: readonly string[],
  { start, indent }: { readonly start: number; readonly indent: number },
): Literal | undefined {
  const end = endOf(lines, start, indent);
  const block = lines.slice(start, end);
  const first = block.find((line) => line.trim() !== '');
  if (first === undefined) return undefined;
  const depth = indentOf(first);
  const before = block.slice(0, block.indexOf(first));
  if (before.some((line) => line.length > depth)) return undefined;
  if (block.some((line) => line.trim() !== '' && indentOf(line) < depth)) return undefined;
  const text = block.map((line) => line.slice(depth)).join('\n');
  const after = lines.slice(end, nextText(lines, end));
  if (after.some((line) => line.length > depth)) return undefined;
  const strip = HEADER.exec(header)?.[1] === '-';
  return { value: strip ? text : `${text}\n`, lines: block.length };
}

/** The line behind the last one with text. */
function endOf(lines: readonly string[], start: number, indent: number): number {
  let end = start;
  for (let at = start; at < lines.length; at++) {
    const line = lines[at] ?? '';
    if (line.trim() === '') continue;
    if (indentOf(line) <= indent) break;
    end = at + 1;
  }
  return end;
}

function nextText(lines: readonly string[], start: number): number {
  let next = start;
  while (next < lines.length && lines[next]?.trim() === '') next += 1;
  return next;
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}
