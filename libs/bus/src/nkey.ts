import { nkeys } from 'nats';

export type Nkey = {
  /** What the server is told, `U…`. */
  readonly publicKey: string;
  /** What the client keeps to itself, `SU…`; to be written with mode 0600. */
  readonly seed: string;
};

/** Makes a key for one client of the bus. */
export function createNkey(): Nkey {
  const pair = nkeys.createUser();
  return { publicKey: pair.getPublicKey(), seed: new TextDecoder().decode(pair.getSeed()) };
}
