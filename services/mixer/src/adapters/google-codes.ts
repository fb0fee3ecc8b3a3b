/** The codes of google.rpc that mixer and its adapters use. */
export const CODES = {
  ok: 0,
  invalidArgument: 3,
  permissionDenied: 7,
  resourceExhausted: 8,
  failedPrecondition: 9,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
} as const;

/** Name and HTTP status by google.rpc code, as classic proxies turned a refusal into an answer. */
const TABLE: readonly (readonly [name: string, http: number])[] = [
  ['OK', 200],
  ['CANCELLED', 499],
  ['UNKNOWN', 500],
  ['INVALID_ARGUMENT', 400],
  ['DEADLINE_EXCEEDED', 504],
  ['NOT_FOUND', 404],
  ['ALREADY_EXISTS', 409],
  ['PERMISSION_DENIED', 403],
  ['RESOURCE_EXHAUSTED', 429],
  ['FAILED_PRECONDITION', 400],
  ['ABORTED', 409],
  ['OUT_OF_RANGE', 400],
  ['UNIMPLEMENTED', 501],
  ['INTERNAL', 500],
  ['UNAVAILABLE', 503],
  ['DATA_LOSS', 500],
  ['UNAUTHENTICATED', 401],
];

/** `PERMISSION_DENIED` and so on; `UNKNOWN` for numbers that are no code. */
export function codeName(code: number): string {
  return TABLE[code]?.[0] ?? 'UNKNOWN';
}

/** The HTTP status that a refusal with the code becomes. */
export function httpStatusOf(code: number): number {
  return TABLE[code]?.[1] ?? 500;
}
