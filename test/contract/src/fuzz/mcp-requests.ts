import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import { RequestResourcesSchema } from '@quintet/proto/istio/mcp/v1alpha1/mcp_pb.js';
import { below, pick, type RandomNumbers } from './random.ts';

const NASTY_TEXTS = [
  '',
  '__proto__',
  'constructor',
  'toString',
  '\u0000',
  'a'.repeat(200),
  'shop/a',
  '\u{1f4a9}',
  '..',
];

/** Both end a stream, with whatever comes after: most streams are to go on to their end. */
const BROKEN = 0.008;
const UNKNOWN = 0.008;

/**
 * The bytes of one request: of a sink that behaves, of one that answers what it was never told, or not a request at all.
 * A source counts its nonces from 1, so that some of them are right.
 */
export function randomRequest(collections: readonly string[], random: RandomNumbers): Uint8Array {
  const bytes = toBinary(
    RequestResourcesSchema,
    create(RequestResourcesSchema, fieldsOf(collections, random)),
  );
  return random() < BROKEN ? brokenBytes(bytes, random) : bytes;
}

function fieldsOf(
  collections: readonly string[],
  random: RandomNumbers,
): MessageInitShape<typeof RequestResourcesSchema> {
  const text = () => pick(NASTY_TEXTS, random);
  const opens = random() < 0.3;
  return {
    collection: random() < UNKNOWN ? text() : pick(collections, random),
    incremental: random() < 0.7,
    responseNonce: opens ? '' : random() < 0.1 ? text() : String(below(12, random)),
    ...(random() < 0.3 && { sinkNode: { id: text(), annotations: { [text()]: text() } } }),
    ...(random() < 0.3 && { initialResourceVersions: versions(random, text) }),
    ...(random() < 0.15 && { errorDetail: { code: below(20, random), message: text() } }),
  };
}

/** As a parser of JSON makes it: `__proto__` is a name like any other. */
function versions(random: RandomNumbers, text: () => string): Record<string, string> {
  const pairs = Array.from({ length: below(5, random) }, () => [text(), text()]);
  return Object.fromEntries([...pairs, [`shop/r${below(40, random)}`, text()]]);
}

function brokenBytes(bytes: Uint8Array, random: RandomNumbers): Uint8Array {
  const kind = random();
  if (kind < 0.3) return bytes.subarray(0, below(bytes.length + 1, random));
  if (kind < 0.5) return Uint8Array.from({ length: below(60, random) }, () => below(256, random));
  const changed = Uint8Array.from(bytes);
  for (let count = 1 + below(4, random); count > 0 && changed.length > 0; count -= 1)
    changed[below(changed.length, random)] = below(256, random);
  return changed;
}
