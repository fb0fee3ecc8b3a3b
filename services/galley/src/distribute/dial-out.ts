import { createMcpDialOut, type DialOutObserver, type McpDialOut, type Snapshots } from '@quintet/mcp';
import {
  type Clock,
  createChannel,
  type Log,
  MeshError,
  type Random,
  type ServiceIdentity,
  type ValuesOf,
} from '@quintet/runtime';
import { isLoopback } from './loopback.ts';
import type { DISTRIBUTE_OPTIONS } from './options.ts';

export type DialOutParts = {
  readonly config: ValuesOf<typeof DISTRIBUTE_OPTIONS>;
  readonly snapshots: Snapshots;
  /** Absent when galley has none. */
  readonly identity: ServiceIdentity | undefined;
  readonly observer: DialOutObserver;
  readonly log: Log;
  readonly clock: Clock;
  readonly random: Random;
};

/** The stream to the sink of `--sinkAddress`, if there is one. Throws `invalid_argument` when the flags contradict each other. */
export function createDialOut(parts: DialOutParts): McpDialOut | undefined {
  const { config, snapshots, observer, log, clock, random } = parts;
  const { sinkAddress, mcpRate, mcpBurst, mcpAnswerTimeout, enableIncremental } = config;
  if (sinkAddress === undefined) return undefined;
  return createMcpDialOut({
    channel: createChannel({ address: sinkAddress, ...credentials(parts, sinkAddress) }),
    metadata: parseSinkMeta(config.sinkMeta),
    incremental: enableIncremental,
    limits: { perSecond: mcpRate, burst: mcpBurst },
    answerMs: mcpAnswerTimeout,
    log: log.child({ component: 'dial-out' }),
    ...{ snapshots, observer, clock, random },
  });
}

function credentials({ config, identity }: DialOutParts, address: string) {
  switch (config.sinkAuthMode) {
    case 'GOOGLE': {
      const instead = 'use MTLS, or NONE to a proxy on this machine that adds the credentials';
      throw new MeshError('invalid_argument', `--sinkAuthMode=GOOGLE is not supported: ${instead}`);
    }
    case 'NONE': {
      if (isLoopback(address)) return {};
      const message = `--sinkAuthMode=NONE is for loopback addresses only, found --sinkAddress ${address}`;
      throw new MeshError('invalid_argument', message);
    }
    case 'MTLS': {
      if (identity === undefined)
        throw new MeshError(
          'invalid_argument',
          '--sinkAuthMode=MTLS needs an identity, which --insecure has not',
        );
      const peers = config.sinkIdentity;
      if (peers.length === 0)
        throw new MeshError(
          'invalid_argument',
          '--sinkAuthMode=MTLS: expected --sink-identity, the SPIFFE id of the sink',
        );
      return { credentials: identity.channelCredentials({ peers }) };
    }
  }
}

/** Reads `KEY=VALUE` entries. Throws `invalid_argument` for anything that gRPC does not take as metadata. */
export function parseSinkMeta(entries: readonly string[]): Readonly<Record<string, string>> {
  const fields = entries.map((entry) => {
    const [, key, value] = /^([0-9a-zA-Z_.-]+)=([\x20-\x7e]*)$/.exec(entry) ?? [];
    if (key !== undefined && value !== undefined && !/^grpc-|-bin$/i.test(key)) return [key, value] as const;
    const expected = 'KEY=VALUE in ASCII, where the key does not begin with grpc- or end with -bin';
    throw new MeshError('invalid_argument', `--sinkMeta ${JSON.stringify(entry)}: expected ${expected}`);
  });
  return Object.fromEntries(fields);
}
