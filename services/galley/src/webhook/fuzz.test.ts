import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { JsonValue } from '@bufbuild/protobuf';
import { readAdmissionReview } from '@quintet/kube';
import { MeshError } from '@quintet/runtime';
import { describe, expect, it } from 'vitest';
import { answerReview } from './answer.ts';
import { judge } from './judge.ts';
import { ADMISSION_PATHS } from './paths.ts';
import { randomBody, seededRandom } from './testing-bodies.ts';

const BODIES = 100_000;
const SEED = 4;

setFlagsFromString('--expose-gc');
const collectGarbage: unknown = runInNewContext('gc');

function usedHeap(): number {
  if (typeof collectGarbage === 'function') collectGarbage();
  return getHeapStatistics().used_heap_size;
}

const PROTOTYPES = [Object.prototype, Array.prototype, String.prototype, Function.prototype, Map.prototype];
const names = () => PROTOTYPES.map((prototype) => Reflect.ownKeys(prototype).length);

/** What becomes of one body, in a word. */
function outcome(body: string, index: number): string {
  let value: JsonValue;
  try {
    value = JSON.parse(body);
  } catch {
    return 'no JSON';
  }
  try {
    const review = readAdmissionReview(value);
    const { kinds } = ADMISSION_PATHS[index % ADMISSION_PATHS.length] ?? { kinds: [] };
    const verdict = judge(review.request, { kinds });
    const answer = JSON.stringify(answerReview(review, verdict));
    if (answer.length > 16_384) throw new Error(`an answer of ${answer.length} characters`);
    return verdict.reason ?? 'allowed';
  } catch (error) {
    if (error instanceof MeshError) return 'no review';
    throw new Error(`body ${index} of seed ${SEED}: ${body.slice(0, 2000)}`, { cause: error });
  }
}

describe('the webhook', () => {
  it('survives what it is sent, in bounded memory, and reaches no prototype', { timeout: 240_000 }, () => {
    const random = seededRandom(SEED);
    const before = names();
    for (let index = 0; index < 2000; index++) outcome(randomBody(random), index);
    const heap = usedHeap();
    const outcomes = new Map<string, number>();
    for (let index = 0; index < BODIES; index++) {
      const result = outcome(randomBody(random), index);
      outcomes.set(result, (outcomes.get(result) ?? 0) + 1);
    }
    expect(usedHeap() - heap).toBeLessThan(16 * 1024 * 1024);
    expect(names()).toEqual(before);
    expect({}).not.toHaveProperty('polluted');
    // Every way that a review can go was gone.
    expect([...outcomes.keys()].sort()).toEqual([
      ...['allowed', 'crd_conversion_error', 'invalid_resource', 'no JSON', 'no review', 'unknown_fields'],
      ...['unknown_type', 'unsupported_operation', 'yaml_decode_error'],
    ]);
  });
});
