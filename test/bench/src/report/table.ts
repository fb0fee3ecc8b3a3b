import type { Figure } from '../bench-case.ts';

/** Figures as lines of a table of Markdown, which is well to read on a terminal, too. */
export function figureTable(figures: readonly Figure[]): string {
  const rows = [
    ['what', 'value', 'unit', 'compare'],
    ...figures.map(({ what, value, unit, note = '' }) => [what, formatValue(value), unit, note]),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => pad(cell, widths[column] ?? 0, column === 1)).join(' | ')} |`;
  const rule = `|${widths.map((width, column) => '-'.repeat(width + 1) + (column === 1 ? ':' : '-')).join('|')}|`;
  const [head = [], ...body] = rows;
  return [line(head), rule, ...body.map(line)].join('\n');
}

/** Three digits are all that a measurement is worth. */
export function formatValue(value: number): string {
  if (value === 0 || Number.isInteger(value)) return String(value);
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toFixed(Math.min(digits, 3));
}

function pad(text: string, width: number, toTheRight: boolean): string {
  return toTheRight ? text.padStart(width) : text.padEnd(width);
}
