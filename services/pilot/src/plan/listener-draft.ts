import { ANY_CONNECTION, matchKey, SNIFFED_HTTP, takesEverything } from './chains.ts';
import { listenerName } from './names.ts';
import type { Bind, ChainPlan, HttpBody, ListenerPlan, Sources } from './types.ts';

/** Ports where the server speaks first: waiting for the client's bytes would wait for the timeout. */
export const SERVER_FIRST_PORTS: readonly number[] = [25, 53, 3306, 27017];

/** What several services ask of one address and port, before it becomes a listener. */
export type ListenerDraft = {
  readonly bind: Bind;
  readonly bound: boolean;
  http?: HttpBody;
  readonly tcp: ChainPlan[];
  readonly sources: Set<string>;
};

/** How drafts become listeners on one proxy. */
export type FinishOptions = {
  readonly detectionTimeoutMs: number;
  /** Comes before all other chains, where the listener takes connections to any address. */
  readonly guard?: ChainPlan;
  /** For connections that no chain of a TCP listener takes. */
  readonly otherwise?: ChainPlan;
};

/** `<address>_<port>`, or the path of a socket. */
export function bindName(bind: Bind): string {
  return bind.kind === 'pipe' ? bind.path : listenerName(bind.address, bind.port);
}

/** Adds a chain, unless the draft has one for the same connections, which it gives back. */
export function addChain(draft: ListenerDraft, chain: ChainPlan): ChainPlan | undefined {
  const inTheWay = draft.tcp.find((other) => matchKey(other) === matchKey(chain));
  if (!inTheWay) draft.tcp.push(chain);
  return inTheWay;
}

/**
 * Makes the listener. HTTP and TCP on one port are told apart by the first bytes: HTTP has its chain, and what is
 * neither HTTP nor taken by another chain goes to the TCP chain that takes everything.
 */
export function finishDraft(draft: ListenerDraft, options: FinishOptions): ListenerPlan {
  const { http } = draft;
  const guard = options.guard ? [options.guard] : [];
  const sniffs = http !== undefined && draft.tcp.length > 0;
  const catchAll = draft.tcp.find(takesEverything);
  const chosen = draft.tcp.filter((chain) => chain !== catchAll);
  const httpChain = http ? [httpChainOf(http, sniffs)] : [];
  const fallback =
    sniffs || guard.length > 0 || chosen.length > 0 ? (catchAll ?? other(draft, options)) : undefined;
  const direct = fallback === undefined && catchAll ? [catchAll] : [];
  return {
    name: bindName(draft.bind),
    direction: 'outbound',
    bind: draft.bind,
    bound: draft.bound,
    handsOver: false,
    restoresDestination: false,
    transparent: false,
    detection: {
      tls: sniffs || chosen.some(({ match }) => match.serverNames.length > 0),
      http: sniffs,
      timeoutMs: options.detectionTimeoutMs,
      serverFirstPorts: sniffs ? SERVER_FIRST_PORTS : [],
    },
    chains: [...guard, ...chosen, ...httpChain, ...direct],
    ...(fallback && { fallbackChain: fallback }),
    sources: sorted(draft.sources),
  };
}

/** Listeners that only have HTTP leave nothing over. */
function other(draft: ListenerDraft, { otherwise }: FinishOptions): ChainPlan | undefined {
  return draft.http && draft.tcp.length === 0 ? undefined : otherwise;
}

function httpChainOf(body: HttpBody, sniffed: boolean): ChainPlan {
  return {
    name: 'http',
    match: sniffed
      ? { ...ANY_CONNECTION, transport: 'plaintext', applicationProtocols: SNIFFED_HTTP }
      : ANY_CONNECTION,
    access: [],
    body,
  };
}

function sorted(sources: ReadonlySet<string>): Sources {
  return [...sources].toSorted();
}
