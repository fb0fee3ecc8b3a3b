import { createRegistry } from '@bufbuild/protobuf';
import { files } from '../gen/envoy-files.js';
import { wellKnownFiles } from './well-known-files.ts';

/**
 * Every message of the Envoy, xDS and Google APIs that is generated here, well-known types included. Reading or writing
 * an `Any` (a `typed_config`, a resource) as JSON needs it.
 */
export const envoyRegistry = createRegistry(...wellKnownFiles, ...files);
