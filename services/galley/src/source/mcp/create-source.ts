import { MCP_WINDOW_BYTES } from '@quintet/mcp';
import { createChannel, MeshError, type ServiceIdentity, type ValuesOf } from '@quintet/runtime';
import { isLoopback } from '../../distribute/loopback.ts';
import type { Source } from '../../store/source.ts';
import { createMcpConfigSource, type McpSourceOptions } from './mcp-source.ts';
import type { MCP_SOURCE_OPTIONS } from './options.ts';

export type McpSourceParts = Omit<McpSourceOptions, 'channel'> & {
  readonly config: ValuesOf<typeof MCP_SOURCE_OPTIONS>;
  /** Absent when galley has none. */
  readonly identity: ServiceIdentity | undefined;
};

/** The source that `--mcp-source-address` names, if it does. Throws `invalid_argument` when the flags contradict each other. */
export function createMcpSourceOf({ config, identity, ...options }: McpSourceParts): Source | undefined {
  const { mcpSourceAddress: address, mcpSourceMaxMessageSize: maxReceiveBytes } = config;
  if (address === undefined) return undefined;
  const credentials = config.mcpSourceInsecure ? plaintext(address) : secure(config, identity);
  return createMcpConfigSource({
    ...options,
    channel: createChannel({ address, maxReceiveBytes, windowBytes: MCP_WINDOW_BYTES, ...credentials }),
  });
}

function plaintext(address: string) {
  if (isLoopback(address)) return {};
  const message = `--mcp-source-insecure is for loopback addresses only, found --mcp-source-address ${address}`;
  throw new MeshError('invalid_argument', message);
}

function secure(
  { mcpSourceIdentity: peers }: McpSourceParts['config'],
  identity: ServiceIdentity | undefined,
) {
  if (identity === undefined) {
    const message =
      '--mcp-source-address needs an identity, which --insecure has not: add --mcp-source-insecure';
    throw new MeshError('invalid_argument', message);
  }
  if (peers.length === 0) {
    const message = '--mcp-source-address: expected --mcp-source-identity, the SPIFFE id of that galley';
    throw new MeshError('invalid_argument', message);
  }
  return { credentials: identity.channelCredentials({ peers }) };
}
