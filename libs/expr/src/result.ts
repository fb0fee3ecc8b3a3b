/** What a step of the expression pipeline gives: a value, or the text of the user's mistake. */
export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly message: string };

/** A success. */
export function ok<T>(value: T): Result<T> {
  return { ok: true, value };
}

/** A failure that the author of the expression can mend. */
export function fail(message: string): { readonly ok: false; readonly message: string } {
  return { ok: false, message };
}
