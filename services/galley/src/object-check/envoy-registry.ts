import { createRequire } from 'node:module';
import type { Registry } from '@bufbuild/protobuf';

const require = createRequire(import.meta.url);

/**
 * Envoy's messages. Loads them at the first call, which takes half a second and 60 MB: galley has no other use for them,
 * and objects are checked where nobody can wait, so that no `import()` will do. The name is one of this package's `imports`:
 * an image has the messages in another place.
 */
export function loadEnvoyRegistry(): Registry {
  const loaded: typeof import('@quintet/proto/envoy-registry') = require('#envoy-registry');
  return loaded.envoyRegistry;
}
