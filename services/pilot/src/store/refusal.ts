import {
  AUTHORIZATION_POLICY,
  type ConfigObject,
  INSTANCE,
  type Issue,
  MESH_CONFIG,
  MESH_POLICY,
  POLICY,
  RULE,
  unrealisedRestrictions,
} from '@quintet/model';

/** A version of an object that pilot does not take. */
export type Refusal = {
  readonly object: ConfigObject;
  /** What it restricts in a way that is not realised, each thing with its path; at least one. */
  readonly issues: readonly Issue[];
  /**
   * The last version that was accepted and is in use instead. Without one the object has no effect, but that policies
   * deny (`deniesInstead`).
   */
  readonly kept?: ConfigObject;
};

/** Kinds of which the plan denies what it cannot decide. */
const DENYING_KINDS: ReadonlySet<string> = new Set([
  AUTHORIZATION_POLICY.kind,
  POLICY.kind,
  MESH_POLICY.kind,
]);

/** Mixer realises these; pilot only reads of them where mixer has to be asked. */
const KINDS_OF_MIXER: ReadonlySet<string> = new Set([RULE.kind, INSTANCE.kind]);

/**
 * Why pilot cannot take an object: it restricts access in a way that is not realised, and taking the rest of it would
 * let in more than was asked for. None when it can.
 */
export function reasonsToRefuse(object: ConfigObject): readonly Issue[] {
  return KINDS_OF_MIXER.has(object.kind) ? [] : unrealisedRestrictions(object);
}

/**
 * Whether an object that was never accepted is used all the same: where it applies, the plan denies what it cannot decide.
 * Were it left out, a pilot that starts anew would open what the version before had closed.
 */
export function deniesInstead(object: ConfigObject): boolean {
  return DENYING_KINDS.has(object.kind);
}

/**
 * A mesh configuration that is refused and never was accepted: instead of it the defaults would hold, and they may let
 * in more than it says, so at the start nothing is handed out.
 */
export function refusedMesh(refusals: readonly Refusal[]): Refusal | undefined {
  return refusals.find(({ object, kept }) => object.kind === MESH_CONFIG.kind && kept === undefined);
}
