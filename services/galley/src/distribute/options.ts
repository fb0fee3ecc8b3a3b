import type { Options } from '@quintet/runtime';

/** Flags of handing configuration out; classic names where the classic flag exists. */
export const DISTRIBUTE_OPTIONS = {
  enableIncremental: {
    type: 'bool',
    flag: 'enable-incremental',
    default: true,
    description: 'hand out changes only to sinks that ask for them; else every response holds everything',
  },
  mcpRate: {
    type: 'int',
    flag: 'mcp-rate',
    default: 1,
    min: 0,
    description: 'new streams a second of all sinks together, and refusals a second of one stream',
  },
  mcpBurst: {
    type: 'int',
    flag: 'mcp-burst',
    default: 100,
    min: 1,
    description: 'how many of them may come at once',
  },
  mcpAnswerTimeout: {
    type: 'duration',
    flag: 'mcp-answer-timeout',
    default: '1m',
    description: 'how long a sink may leave a response without an answer before its stream is ended',
  },
  sinkAddress: {
    type: 'string',
    flag: 'sinkAddress',
    description:
      'address of a sink (MCP ResourceSink) that is connected to, besides those that connect by themselves',
  },
  sinkAuthMode: {
    type: 'enum',
    flag: 'sinkAuthMode',
    values: ['MTLS', 'NONE', 'GOOGLE'],
    default: 'MTLS',
    description:
      'MTLS: with the own certificate; NONE: in plaintext, to a loopback address only; GOOGLE is not supported',
  },
  sinkIdentity: {
    type: 'list',
    flag: 'sink-identity',
    description: 'SPIFFE ids that the sink may have, with --sinkAuthMode=MTLS',
  },
  sinkMeta: {
    type: 'list',
    flag: 'sinkMeta',
    description: 'KEY=VALUE: gRPC metadata sent to the sink with each stream; may be given several times',
  },
  snapshotInterval: {
    type: 'duration',
    flag: 'snapshot-interval',
    default: '5s',
    description:
      'how often at most the configuration is stored on the bus, signed, for starts of pilot and mixer without galley; 0s never',
  },
} as const satisfies Options;
