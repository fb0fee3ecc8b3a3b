import { expect, it } from 'vitest';
import { duration } from './duration.ts';

it.each([
  [0, 0n, 0],
  [1, 0n, 1_000_000],
  [1500, 1n, 500_000_000],
  [0.25, 0n, 250_000],
  [3_600_000, 3600n, 0],
])('%d ms', (milliseconds, seconds, nanos) => {
  expect(duration(milliseconds)).toMatchObject({ seconds, nanos });
});
