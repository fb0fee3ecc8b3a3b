/**
 * An evaluation that ended without a value. It is returned, not thrown: absent attributes are everyday and
 * `|` continues after them.
 */
export class Fault {
  readonly message: string;
  /** An attribute or map key was absent, so that an enclosing `|` takes its other operand. */
  readonly missing: boolean;

  constructor(message: string, missing = false) {
    this.message = message;
    this.missing = missing;
  }
}

/** The fault of an absent attribute. */
export function attributeMissing(name: string): Fault {
  return new Fault(`lookup failed: '${name}'`, true);
}

/** The fault of a key that the map does not have. */
export function keyMissing(key: string): Fault {
  return new Fault(`member lookup failed: '${key}'`, true);
}
