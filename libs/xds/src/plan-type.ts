import { wants } from './subscription.ts';
import type { Form, TypeChannel } from './type-channel.ts';
import { goesAhead, isWildcardType, mayNeed } from './type-urls.ts';
import type { Need, WireResource, WireSet } from './wire-set.ts';

/** What to send of one type now. */
export type TypePlan = {
  /** New and changed resources. */
  readonly upserts: readonly WireResource[];
  readonly removals: readonly string[];
  /** With state of the world and a type of which absence means deletion: everything the client is to have. */
  readonly full: readonly WireResource[] | undefined;
  /** `full` lacks something wanted: the client would take it for deleted. */
  readonly isPartial: boolean;
  /** Names the client may be asking for in vain, or holds and needs no longer, that cannot be told in this form. */
  readonly dropped: readonly string[];
  /** Something claimed is kept for now because the client is not introduced. */
  readonly isPostponed: boolean;
  /** Resources that wait for others to be in use at the client, with what they wait for. */
  readonly waiting: readonly Waiting[];
  /** Resources kept at an older version because the client refuses what they name. */
  readonly heldBack: readonly HeldBack[];
};

export type Waiting = { readonly resource: WireResource; readonly needs: readonly Need[] };
export type HeldBack = { readonly resource: WireResource; readonly refused: readonly Need[] };

export type PlanInput = {
  readonly form: Form;
  readonly channel: TypeChannel;
  /** All channels of the stream by type URL, this one among them. */
  readonly channels: ReadonlyMap<string, TypeChannel>;
  readonly target: WireSet;
  /** Names by type that nobody waits for any more. */
  readonly excused: (need: Need) => boolean;
  /** Resources of earlier targets that the client may still ask for, by type and name. */
  readonly lingering: ReadonlyMap<string, ReadonlyMap<string, WireResource>>;
  /**
   * False while a reconnecting client may not have said yet what it holds of the types that name these: until
   * then nothing it claims to hold is taken away.
   */
  readonly introduced: boolean;
  /** Suspects to be sent although they are suspects. */
  readonly trial: readonly WireResource[];
};

/**
 * Decides what a client is to be sent of one type, given what it holds and what it is to have. Make before
 * break: a resource waits until what it names is in use; what is gone from the target stays as long as anything
 * the client may be using names it. What the client refused stays at its last good version. Pure.
 */
export function planType(input: PlanInput): TypePlan {
  const { channel, target, form } = input;
  const wanted = target.get(channel.typeUrl)?.resources ?? new Map<string, WireResource>();
  const desired = new Map<string, WireResource>();
  const waiting: Waiting[] = [];
  const heldBack: HeldBack[] = [];
  let isPartial = false;
  for (const resource of wantedBy(channel, wanted)) {
    const chosen = choose(resource, input, waiting, heldBack);
    if (chosen === undefined) isPartial = true;
    else desired.set(resource.name, chosen);
  }
  const gone = withoutNeeded(goneNames(channel, wanted), input, desired);
  const upserts = [...desired.values()].filter((r) => channel.view.latest(r.name)?.version !== r.version);
  const absent = gone.filter((name) => channel.view.latest(name)?.removed !== true);
  const isFull = form === 'sotw' && isWildcardType(channel.typeUrl);
  const canTell = form === 'delta' || isFull;
  return {
    upserts,
    removals: canTell ? absent : [],
    dropped: canTell ? [] : gone,
    isPartial,
    isPostponed: !input.introduced && [...channel.view.names()].some((name) => isClaimedAndGone(name, input)),
    full: isFull ? [...desired.values()] : undefined,
    waiting,
    heldBack,
  };
}

function wantedBy(channel: TypeChannel, wanted: ReadonlyMap<string, WireResource>): Iterable<WireResource> {
  const { subscription } = channel.protocol;
  if (subscription.wildcard) return wanted.values();
  return [...subscription.names].map((name) => wanted.get(name)).filter((resource) => resource !== undefined);
}

/** The version of a wanted resource that the client is to have now; nothing when it is to have none yet. */
function choose(
  resource: WireResource,
  input: PlanInput,
  waiting: Waiting[],
  heldBack: HeldBack[],
): WireResource | undefined {
  const { view, quarantine } = input.channel;
  const last = view.latest(resource.name) ?? view.goodVersion(resource.name);
  if (last?.version === resource.version && view.latest(resource.name) !== undefined) return resource;
  const fallback = last?.resource;
  if (quarantine.refusal(resource) !== undefined) return fallback;
  if (quarantine.isSuspect(resource) && !input.trial.includes(resource)) return fallback;
  const standing = resource.needs.map((need) => ({ need, is: standingOf(need, input) }));
  const coming = standing.filter(({ is }) => is === 'coming').map(({ need }) => need);
  if (coming.length > 0) {
    waiting.push({ resource, needs: coming });
    return fallback;
  }
  const refused = standing.filter(({ is }) => is === 'refused').map(({ need }) => need);
  if (refused.length > 0 && fallback !== undefined) {
    heldBack.push({ resource, refused });
    return fallback;
  }
  return resource;
}

/**
 * Whether what a resource names is there. A name that is neither wanted nor held is none of ours (a cluster of
 * the bootstrap): nobody waits for it.
 */
function standingOf(need: Need, input: PlanInput): 'ready' | 'coming' | 'refused' {
  const ahead = input.channels.get(need.type);
  if (ahead === undefined || !goesAhead(need.type, input.channel.typeUrl)) return 'ready';
  if (!ahead.protocol.started || !wants(ahead.protocol.subscription, need.name)) return 'ready';
  if (ahead.view.isSettled(need.name)) return 'ready';
  const target = input.target.get(need.type)?.resources.get(need.name);
  if (target === undefined) return 'ready';
  if (ahead.quarantine.refusal(target) !== undefined) return 'refused';
  return input.excused(need) ? 'ready' : 'coming';
}

/** Names the client holds or asked for that are not in the target. */
function goneNames(channel: TypeChannel, wanted: ReadonlyMap<string, WireResource>): string[] {
  return [...channel.view.names()].filter((name) => !wanted.has(name));
}

/** Keeps what is gone from the target while the client may be using something that names it; returns the rest. */
function withoutNeeded(
  gone: readonly string[],
  input: PlanInput,
  desired: Map<string, WireResource>,
): string[] {
  if (gone.length === 0) return [];
  const { view, typeUrl } = input.channel;
  const isNeeded = neededNames(typeUrl, input.channels);
  return gone.filter((name) => {
    const last = view.latest(name) ?? view.goodVersion(name);
    if (!isNeeded(name) && (input.introduced || !isClaimedAndGone(name, input))) return true;
    const resource = last === undefined ? input.lingering.get(typeUrl)?.get(name) : last.resource;
    if (resource !== undefined) desired.set(name, resource);
    return last === undefined ? resource === undefined : last.removed;
  });
}

function isClaimedAndGone(name: string, { channel, target }: PlanInput): boolean {
  const held = channel.view.goodVersion(name);
  return held !== undefined && held.needs === undefined && !target.get(channel.typeUrl)?.resources.has(name);
}

/** Which names of a type the client may be using; all, while it holds something whose content is unknown. */
export function neededNames(
  typeUrl: string,
  channels: ReadonlyMap<string, TypeChannel>,
): (name: string) => boolean {
  const needed = new Set<string>();
  for (const channel of channels.values()) {
    if (!mayNeed(channel.typeUrl, typeUrl)) continue;
    for (const { needs, removed } of channel.view.candidates()) {
      if (removed) continue;
      if (needs === undefined) return () => true;
      for (const need of needs) if (need.type === typeUrl) needed.add(need.name);
    }
  }
  return (name) => needed.has(name);
}
