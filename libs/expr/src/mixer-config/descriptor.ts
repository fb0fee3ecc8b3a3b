import { createFileRegistry, type FileRegistry, fromBinary } from '@bufbuild/protobuf';
import { base64Decode } from '@bufbuild/protobuf/wire';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import type { Result } from '../result.ts';
import { fail, ok } from '../result.ts';

/** Descriptors beyond this many characters are not read. */
const MOST_CHARACTERS = 4 * 1024 * 1024;

/** Reads the message types of an adapter or a template: a serialised FileDescriptorSet, imports included, in base64. */
export function readDescriptor(base64: string): Result<FileRegistry> {
  if (base64.length > MOST_CHARACTERS)
    return fail(`descriptor of ${base64.length} characters is longer than the limit of ${MOST_CHARACTERS}`);
  if (!/^[A-Za-z0-9+/\s_-]*={0,2}\s*$/.test(base64)) return fail('expected base64, found other characters');
  try {
    const set = fromBinary(FileDescriptorSetSchema, base64Decode(base64.replaceAll(/\s/g, '')));
    if (set.file.length === 0) return fail('expected a FileDescriptorSet in base64, found one without files');
    return ok(createFileRegistry(set));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return fail(`expected a serialised FileDescriptorSet with its imports in base64: ${reason}`);
  }
}
