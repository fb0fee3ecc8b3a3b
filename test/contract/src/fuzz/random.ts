/** Numbers in [0, 1), the same for the same seed. */
export type RandomNumbers = () => number;

/** Xorshift with 32 bits of state: quick, and good enough to choose with. */
export function seededRandom(seed: number): RandomNumbers {
  let state = Math.imul(seed, 2_654_435_761) | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 4_294_967_296;
  };
}

/** One of a list that is not empty. */
export function pick<T>(list: readonly T[], random: RandomNumbers): T {
  const one = list[Math.floor(random() * list.length)];
  if (one === undefined) throw new RangeError('an empty list');
  return one;
}

/** A whole number from 0 to `end` - 1. */
export function below(end: number, random: RandomNumbers): number {
  return Math.floor(random() * end);
}
