import { median } from './percentile.ts';

const ROUNDS = 5;
const TEXTS = 100;
const ITEMS = 1000;

/**
 * How long a fixed piece of work takes on this machine now, milliseconds: text is made of objects and objects of text, which
 * is most of what our programs do. Virtual processors are now fast and now slow; runs compare by it.
 */
export function timeFixedWork(): number {
  work();
  return median(Array.from({ length: ROUNDS }, work));
}

function work(): number {
  const start = performance.now();
  let objects = Array.from({ length: ITEMS }, (_, index) => ({ name: `item-${index}`, value: index }));
  for (let text = 0; text < TEXTS; text += 1) objects = JSON.parse(JSON.stringify(objects));
  return performance.now() - start;
}
