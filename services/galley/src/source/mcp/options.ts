import type { Options } from '@quintet/runtime';

/** Flags of another MCP source that configuration is read from. The classic galley has none. */
export const MCP_SOURCE_OPTIONS = {
  mcpSourceAddress: {
    type: 'string',
    flag: 'mcp-source-address',
    description: 'address of another galley (MCP ResourceSource) whose objects are taken over',
  },
  mcpSourceIdentity: {
    type: 'list',
    flag: 'mcp-source-identity',
    description: 'SPIFFE ids that it may have',
  },
  mcpSourceInsecure: {
    type: 'bool',
    flag: 'mcp-source-insecure',
    description: 'read from it in plaintext, without identities: loopback only',
  },
  mcpSourceMaxMessageSize: {
    type: 'size',
    flag: 'mcp-source-max-message-size',
    default: '64MiB',
    description: 'largest message that is received from it',
  },
} as const satisfies Options;
