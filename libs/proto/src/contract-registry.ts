import { createRegistry } from '@bufbuild/protobuf';
import { files } from '../gen/contract-files.js';
import { wellKnownFiles } from './well-known-files.ts';

/**
 * Every message and service of the contracts under `proto/`, well-known types included. Resolves the `Any` bodies of
 * configuration resources, and the names of configuration messages in adapters and templates.
 */
export const contractRegistry = createRegistry(...wellKnownFiles, ...files);
