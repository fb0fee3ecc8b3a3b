import { MeshError } from '../errors/mesh-error.ts';

/**
 * The target that grpc-js understands for an address as flags have it: `tcp://0.0.0.0:9901`, `127.0.0.1:9901`,
 * `[::1]:9901`, `unix:///path`, `:9901` (all interfaces). Throws `invalid_argument` on anything else.
 */
export function grpcTarget(address: string): string {
  if (address.startsWith('unix:')) {
    const path = address.replace(/^unix:(\/\/)?/, '');
    if (path !== '') return `unix:${path}`;
  }
  const match = /^(?:tcp:\/\/|dns:\/\/\/)?(\[[0-9a-fA-F:.]+\]|[^\s/:[\]]*):(\d{1,5})$/.exec(address);
  if (match === null || Number(match[2]) > 65535) {
    throw new MeshError(
      'invalid_argument',
      `address ${JSON.stringify(address)}: expected tcp://host:port, host:port or unix:///path`,
    );
  }
  return `${match[1] === '' ? '0.0.0.0' : match[1]}:${match[2]}`;
}
