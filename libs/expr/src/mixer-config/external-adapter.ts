import type { DescMessage } from '@bufbuild/protobuf';
import type { Result } from '../result.ts';
import { fail, ok } from '../result.ts';
import { readDescriptor } from './descriptor.ts';

/** The message of the parameters of an adapter object. */
const PARAMS = 'Params';

/**
 * Reads the schema of an adapter's parameters: the message `Params` of the last file that has one. Undefined for an
 * adapter without a schema, which takes no parameters.
 */
export function readAdapterParams(config: string): Result<DescMessage | undefined> {
  if (config.trim() === '') return ok(undefined);
  const registry = readDescriptor(config);
  if (!registry.ok) return registry;
  const found = [...registry.value.files]
    .flatMap((file) => file.messages)
    .filter(({ name }) => name === PARAMS)
    .at(-1);
  return found === undefined ? fail(`expected a message ${PARAMS}, found none`) : ok(found);
}
