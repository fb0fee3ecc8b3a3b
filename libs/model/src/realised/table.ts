/**
 * What Quintet makes of a field that the schema accepts. The tables in this folder have one line for each field: a
 * field is either realised, or its use is reported to the user. None is silent.
 */
export type FieldState = 'realised' | Reported | RealisedExcept;

/** The field has no effect. */
export type Reported = {
  /** Why, or what happens instead: the end of the sentence "… is not realised: ". */
  readonly reported: string;
  /** True when ignoring the field would let in more than was asked for: pilot or mixer refuses the object. */
  readonly restricts: boolean;
};

/** The field is realised but for some values of its enum. */
export type RealisedExcept = { readonly except: Readonly<Record<string, Reported>> };

/** The fields of one message by their JSON names. */
export type MessageTable = Readonly<Record<string, FieldState>>;

/** The table of one kind. */
export type KindTable = {
  /**
   * The messages of the spec by their names without the package. Messages that are only reached through reported
   * fields are left out.
   */
  readonly messages: Readonly<Record<string, MessageTable>>;
  /** Fields that differ from their message's entry in one place: `http.match.queryParams.prefix`, no indices. */
  readonly places?: Readonly<Record<string, FieldState>>;
};

/** A kind none of whose fields has an effect. */
export type WholeKind = { readonly whole: Reported };

export const realised = 'realised';

/** The field is accepted and has no effect, which the user is told. */
export function reported(reason: string): Reported {
  return { reported: reason, restricts: false };
}

/** The field would restrict access and has no effect: who would have to realise it refuses objects that use it. */
export function restricting(reason: string): Reported {
  return { reported: reason, restricts: true };
}

/** Realised, but for these values of the enum. */
export function except(values: Readonly<Record<string, Reported>>): RealisedExcept {
  return { except: values };
}
