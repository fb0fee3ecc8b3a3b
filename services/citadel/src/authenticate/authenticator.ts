/** What a call says about its sender, before anything is believed. */
export type Credentials = {
  /** Token of the metadata `authorization: Bearer …`. */
  readonly token?: string;
  /** SPIFFE id of the client certificate, verified by TLS. */
  readonly certificateId?: string;
};

/** A caller whose credentials were accepted. */
export type Caller = {
  /** The names it may have certificates for. */
  readonly spiffeId: string;
  /** How it was recognised, for the audit record. */
  readonly method: string;
};

/**
 * One way of recognising callers. Answers with the caller, `undefined` when the call carries nothing for it, and a sentence
 * why not when it does but cannot be accepted. Throws only when it cannot tell (a review API that does not answer).
 */
export type Authenticator = {
  readonly name: string;
  readonly authenticate: (
    credentials: Credentials,
  ) => Promise<Caller | { readonly refused: string } | undefined>;
};

/**
 * Asks each authenticator that fits what the caller sent; the first success wins. A caller that sends a token is known by
 * the token alone: a node agent with a certificate of its own asks for its workloads, and a bad token must not turn into
 * the agent's identity. The refusals are for the log; the caller learns nothing from them.
 */
export async function authenticate(
  credentials: Credentials,
  authenticators: readonly Authenticator[],
): Promise<Caller | { readonly refused: readonly string[] }> {
  const offered: Credentials = credentials.token === undefined ? credentials : { token: credentials.token };
  const refused: string[] = [];
  for (const authenticator of authenticators) {
    const answer = await authenticator.authenticate(offered);
    if (answer === undefined) continue;
    if ('spiffeId' in answer) return answer;
    refused.push(`${authenticator.name}: ${answer.refused}`);
  }
  return { refused: refused.length === 0 ? ['no usable credentials'] : refused };
}
