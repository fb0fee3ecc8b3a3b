/**
 * Parses JSON without rounding: an integer that a number cannot hold exactly becomes its decimal digits as a string,
 * which is how protobuf JSON writes 64-bit integers. Throws SyntaxError as JSON.parse does.
 */
export function parseExactJson(text: string): unknown {
  return JSON.parse(text, (_key: string, value: unknown, context?: { readonly source?: string }) => {
    const source = context?.source;
    if (typeof value !== 'number' || Number.isSafeInteger(value) || source === undefined) return value;
    return /^-?\d+$/.test(source) ? source : value;
  });
}
