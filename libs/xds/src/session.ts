import type { HeldVersion, Outstanding } from './client-view.ts';
import { decideDelta } from './decide-delta.ts';
import { decideSotw } from './decide-sotw.ts';
import { blamedNames } from './nack-text.ts';
import { versionOf } from './pack.ts';
import { PatienceBook } from './patience-book.ts';
import { neededNames, planType, type TypePlan } from './plan-type.ts';
import type {
  SessionEvent,
  SessionOptions,
  SessionOutput,
  SessionRequest,
  SessionResponse,
  TypeStatus,
} from './session-types.ts';
import { isCurrent, StatusBook } from './status-book.ts';
import { afterSend, type Decision, type Verdict, wants } from './subscription.ts';
import { createChannel, type TypeChannel } from './type-channel.ts';
import {
  comparePushOrder,
  ENDPOINT_TYPE,
  goesAhead,
  isWildcardType,
  LISTENER_TYPE,
  mayNeed,
} from './type-urls.ts';
import type { WireResource, WireSet } from './wire-set.ts';

/** DESIGN: a route waits for its clusters, 5 s at most. */
const DEFAULT_PATIENCE_MS = 5000;
/** Unanswered responses remembered of one type; only a client that is overdue has more than one. */
const MAX_OUTSTANDING = 4;
/** Passes over the types in one call: what a later type lets go may free an earlier one. */
const MAX_ROUNDS = 4;

/**
 * One stream of one client: what it asked for, what it holds, what it is to have. Deterministic and without
 * I/O: each call returns what to write, and takes the time in milliseconds of any clock that does not go back.
 */
export class Session {
  readonly #options: SessionOptions;
  readonly #patience: number;
  readonly #channels = new Map<string, TypeChannel>();
  readonly #dirty = new Set<string>();
  readonly #patienceBook = new PatienceBook();
  readonly #book = new StatusBook();
  #target: WireSet | undefined;
  #lingering: ReadonlyMap<string, ReadonlyMap<string, WireResource>> = new Map();
  readonly #postponed = new Set<string>();
  #firstRequestAt: number | undefined;
  #counter = 0;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#patience = options.patienceMs ?? DEFAULT_PATIENCE_MS;
  }

  /** A request arrived. */
  request(request: SessionRequest, now: number): SessionOutput {
    this.#firstRequestAt ??= now;
    const channel = this.#channel(request.typeUrl);
    const { state, verdict } = this.#decide(channel, request);
    const events: SessionEvent[] = [];
    if (verdict.kind === 'first') this.#begin(channel, request);
    channel.protocol = state;
    this.#subscribe(channel, verdict);
    this.#answer(channel, verdict, now, events);
    return this.#flush(now, events);
  }

  /** There is a new set; whatever of the old one was not sent yet is passed over. */
  target(target: WireSet, now: number): SessionOutput {
    for (const channel of this.#channels.values()) {
      if (
        this.#target?.get(channel.typeUrl)?.version === target.get(channel.typeUrl)?.version &&
        this.#target
      )
        continue;
      this.#dirty.add(channel.typeUrl);
    }
    this.#linger(this.#target, target);
    this.#target = target;
    this.#patienceBook.keepOnly(target);
    return this.#flush(now, []);
  }

  /** Time passed. */
  tick(now: number): SessionOutput {
    return this.#flush(now, []);
  }

  /** Where every type stands, in push order. */
  status(): readonly TypeStatus[] {
    return [...this.#channels.values()]
      .sort((a, b) => comparePushOrder(a.typeUrl, b.typeUrl))
      .map((channel) => this.#book.status(channel, this.#target));
  }

  /** Whether the client has accepted everything there is for it. Asked at every answer, so the cheap signs come first. */
  isCurrent(): boolean {
    const channels = [...this.#channels.values()];
    if (channels.some(({ view }) => view.outstanding.length > 0)) return false;
    return channels.every((channel) => isCurrent(channel, this.#target));
  }

  /** How many names the client subscribed to, over all types. */
  subscriptions(): number {
    return [...this.#channels.values()].reduce(
      (sum, { protocol }) => sum + protocol.subscription.names.size,
      0,
    );
  }

  #channel(typeUrl: string): TypeChannel {
    const known = this.#channels.get(typeUrl);
    if (known !== undefined) return known;
    const channel = createChannel(typeUrl);
    this.#channels.set(typeUrl, channel);
    return channel;
  }

  #decide(channel: TypeChannel, request: SessionRequest): Decision {
    const { typeUrl, responseNonce, error } = request;
    const shared = { typeUrl, responseNonce, ...(error === undefined ? {} : { error }) };
    if (this.#options.form === 'delta') {
      const { subscribe = [], unsubscribe = [] } = request;
      return decideDelta(channel.protocol, { ...shared, subscribe, unsubscribe });
    }
    const { resourceNames = [], versionInfo = '' } = request;
    return decideSotw(channel.protocol, { ...shared, resourceNames, versionInfo });
  }

  #begin(channel: TypeChannel, request: SessionRequest): void {
    channel.view.clear();
    channel.quarantine.reset();
    channel.reconnected = (request.versionInfo ?? '') !== '';
    for (const [name, version] of Object.entries(request.initialVersions ?? {}))
      channel.view.claim(name, version);
    this.#dirty.add(channel.typeUrl);
  }

  #subscribe(channel: TypeChannel, verdict: Verdict): void {
    const { view, protocol, typeUrl } = channel;
    const isFirst = verdict.kind === 'first';
    for (const name of verdict.removed) {
      if (protocol.subscription.wildcard) view.ask(name);
      else view.forget(name);
    }
    for (const name of verdict.added) if (!isFirst || !view.has(name)) view.ask(name);
    const changed = verdict.added.length > 0 || verdict.removed.length > 0;
    if (isFirst || (changed && this.#options.form === 'sotw')) channel.owed ||= isWildcardType(typeUrl);
    if (isFirst || changed) this.#touch(typeUrl);
  }

  /** Something changed about a type: it, what names it and what it names are looked at again. */
  #touch(typeUrl: string): void {
    for (const other of this.#channels.keys()) {
      if (other === typeUrl || mayNeed(other, typeUrl) || mayNeed(typeUrl, other)) this.#dirty.add(other);
    }
  }

  #answer(channel: TypeChannel, verdict: Verdict, now: number, events: SessionEvent[]): void {
    const { typeUrl } = channel;
    const { kind, nonce = '' } = verdict;
    if (kind === 'stale') events.push({ kind: 'stale', typeUrl, nonce: channel.protocol.lastNonce });
    const complete = this.#options.form === 'sotw';
    if (kind === 'ack') this.#accepted(channel, channel.view.ack(nonce, complete), now, events);
    if (kind === 'nack')
      this.#refused(channel, channel.view.nack(nonce, complete), verdict.error ?? '', events);
    if (kind === 'ack' || kind === 'nack') this.#touch(typeUrl);
  }

  #accepted(
    channel: TypeChannel,
    response: Outstanding | undefined,
    now: number,
    events: SessionEvent[],
  ): void {
    if (response === undefined) return;
    const { typeUrl } = channel;
    const { nonce, version, upserts, sentAt } = response;
    channel.quarantine.clear(upserts);
    this.#book.acked(typeUrl, response);
    for (const { name } of upserts) this.#patienceBook.settled({ type: typeUrl, name });
    events.push({ kind: 'acked', typeUrl, nonce, version, afterMs: now - sentAt });
  }

  #refused(
    channel: TypeChannel,
    response: Outstanding | undefined,
    error: string,
    events: SessionEvent[],
  ): void {
    if (response === undefined) return;
    const { typeUrl, view, quarantine } = channel;
    const { nonce, version, upserts, removals } = response;
    const blamed = new Set(
      blamedNames(
        error,
        upserts.map(({ name }) => name),
      ),
    );
    const culprits = upserts.length === 1 ? upserts : upserts.filter(({ name }) => blamed.has(name));
    const changed = [...upserts.map(({ name }) => name), ...removals];
    const names = culprits.map(({ name }) => name);
    this.#book.nacked(typeUrl, response, error, names);
    events.push({ kind: 'nacked', typeUrl, nonce, version, error, blamed: names, changed });
    for (const culprit of culprits) {
      quarantine.refuse(culprit, error);
      view.refuse(culprit.name, culprit.version);
      events.push({ kind: 'refused', typeUrl, name: culprit.name, version: culprit.version, error });
    }
    if (culprits.length === 0) quarantine.suspect(upserts);
  }

  #flush(now: number, events: SessionEvent[]): SessionOutput {
    const responses: SessionResponse[] = [];
    const target = this.#target;
    if (this.#postponed.size > 0 && this.#isIntroduced(now)) {
      for (const typeUrl of this.#postponed) this.#dirty.add(typeUrl);
      this.#postponed.clear();
    }
    for (let round = 0; target !== undefined && round < MAX_ROUNDS && this.#hasWork(now); round += 1) {
      this.#retireFormer();
      this.#pass(target, now, responses, events);
      this.#losePatience(now, events);
    }
    return { responses, events, wakeAt: target === undefined ? undefined : this.#wakeAt() };
  }

  /** Goes once over all types in push order; a type that cannot be sent now stays dirty. */
  #pass(target: WireSet, now: number, responses: SessionResponse[], events: SessionEvent[]): void {
    for (const typeUrl of [...this.#channels.keys()].sort(comparePushOrder)) {
      const channel = this.#channels.get(typeUrl);
      if (channel === undefined || !this.#canSend(channel, now)) continue;
      this.#dirty.delete(typeUrl);
      const response = this.#push(channel, target, now);
      if (response === undefined) continue;
      responses.push(response);
      const { nonce, version, resources } = response;
      events.push({ kind: 'sent', typeUrl, nonce, version, size: resources.length });
    }
  }

  #hasWork(now: number): boolean {
    if (this.#patienceBook.isOverdue(now - this.#patience)) return true;
    return [...this.#channels.values()].some((channel) => this.#canSend(channel, now));
  }

  /** One response of a type is under way at most, unless the client is overdue with its answer. */
  #canSend({ typeUrl, view }: TypeChannel, now: number): boolean {
    const newest = view.outstanding.at(-1);
    return this.#dirty.has(typeUrl) && (newest === undefined || now >= newest.sentAt + this.#patience);
  }

  #push(channel: TypeChannel, target: WireSet, now: number): SessionResponse | undefined {
    channel.view.recognise(target.get(channel.typeUrl)?.resources ?? new Map());
    const ordinary = this.#plan(channel, target, [], now);
    this.#note(channel, ordinary, now);
    if (wouldDelete(ordinary, channel)) return undefined;
    if (isWorthSending(ordinary, channel)) return this.#send(channel, target, ordinary, now);
    if (!channel.quarantine.hasTrials()) return undefined;
    const trial = channel.quarantine.nextTrial(target.get(channel.typeUrl)?.resources ?? new Map());
    const plan = this.#plan(channel, target, trial, now);
    return isWorthSending(plan, channel) ? this.#send(channel, target, plan, now) : undefined;
  }

  #plan(channel: TypeChannel, target: WireSet, trial: readonly WireResource[], now: number): TypePlan {
    return planType({
      form: this.#options.form,
      channel,
      channels: this.#channels,
      target,
      excused: (need) => this.#patienceBook.isExcused(need),
      lingering: this.#lingering,
      introduced: this.#isIntroduced(now),
      trial,
    });
  }

  #send(channel: TypeChannel, target: WireSet, plan: TypePlan, now: number): SessionResponse {
    const { typeUrl } = channel;
    const { upserts, removals, full } = plan;
    const version = this.#versionFor(typeUrl, target, plan);
    this.#counter += 1;
    const nonce = `${version.slice(0, 12)}-${this.#counter}`;
    const sent = { nonce, version, sentAt: now, upserts, removals };
    channel.view.sent(sent, MAX_OUTSTANDING);
    channel.protocol = afterSend(channel.protocol, nonce, MAX_OUTSTANDING);
    channel.owed = false;
    this.#book.sent(typeUrl, sent);
    this.#sendEndpointsAgain(upserts);
    const isDelta = this.#options.form === 'delta';
    return { typeUrl, nonce, version, resources: full ?? upserts, removals: isDelta ? removals : [] };
  }

  /** A full set that is exactly the target has the target's version; one on the way to it its own. */
  #versionFor(typeUrl: string, target: WireSet, plan: TypePlan): string {
    const type = target.get(typeUrl);
    if (plan.full === undefined) return type?.version ?? versionOf([]);
    const isTarget =
      plan.full.length === type?.resources.size && plan.full.every((r) => type.resources.get(r.name) === r);
    return isTarget ? type.version : versionOf(plan.full);
  }

  /**
   * A cluster that is new, changed in place or added again warms until its endpoints arrive, and the client,
   * which is still subscribed to them, does not always ask again.
   */
  #sendEndpointsAgain(upserts: readonly WireResource[]): void {
    const endpoints = this.#channels.get(ENDPOINT_TYPE);
    if (endpoints === undefined) return;
    const { subscription } = endpoints.protocol;
    for (const { type, name } of upserts.flatMap(({ needs }) => needs)) {
      if (type !== ENDPOINT_TYPE || !wants(subscription, name)) continue;
      endpoints.view.ask(name);
      this.#dirty.add(ENDPOINT_TYPE);
    }
  }

  /** A listener takes over from its former version when its route tables are there. */
  /** Keeps what the target has no longer and the client may still ask for, because it holds what names it. */
  #linger(before: WireSet | undefined, after: WireSet): void {
    const lingering = new Map<string, ReadonlyMap<string, WireResource>>();
    for (const [typeUrl, type] of before ?? []) {
      const isWanted = (name: string) => after.get(typeUrl)?.resources.has(name) ?? false;
      const gone = [...(this.#lingering.get(typeUrl) ?? []), ...type.resources].filter(
        ([name]) => !isWanted(name),
      );
      if (gone.length === 0) continue;
      const isNeeded = neededNames(typeUrl, this.#channels);
      lingering.set(typeUrl, new Map(gone.filter(([name]) => isNeeded(name))));
    }
    this.#lingering = lingering;
  }

  /** Whether a reconnecting client has had the time to name everything it holds: listeners come last. */
  #isIntroduced(now: number): boolean {
    if (this.#channels.get(LISTENER_TYPE)?.view.hasAccepted) return true;
    return now >= (this.#firstRequestAt ?? now) + this.#patience;
  }

  #retireFormer(): void {
    for (const { typeUrl, view } of this.#channels.values()) {
      view.retireFormer((accepted) => this.#isInUse(typeUrl, accepted));
    }
  }

  #isInUse(typeUrl: string, accepted: HeldVersion): boolean {
    return (accepted.needs ?? []).every(({ type, name }) => {
      const behind = this.#channels.get(type);
      if (behind === undefined || !behind.protocol.started || goesAhead(type, typeUrl)) return true;
      return !wants(behind.protocol.subscription, name) || behind.view.isSettled(name);
    });
  }

  #note({ typeUrl, view }: TypeChannel, plan: TypePlan, now: number): void {
    this.#book.planned(typeUrl, plan);
    this.#patienceBook.waiting(
      typeUrl,
      plan.waiting.flatMap(({ needs }) => needs),
      now,
    );
    for (const name of plan.dropped) view.forget(name);
    if (plan.isPostponed) this.#postponed.add(typeUrl);
    if (plan.dropped.length > 0) this.#touch(typeUrl);
    this.#dirty.delete(typeUrl);
  }

  /** What took too long is waited for no more. */
  #losePatience(now: number, events: SessionEvent[]): void {
    const { needs, waiting } = this.#patienceBook.excuse(now - this.#patience);
    if (needs.length === 0) return;
    for (const typeUrl of waiting) this.#dirty.add(typeUrl);
    events.push({ kind: 'overdue', needs });
  }

  #wakeAt(): number | undefined {
    const since = [...this.#dirty].map(
      (typeUrl) => this.#channels.get(typeUrl)?.view.outstanding.at(-1)?.sentAt,
    );
    const introduction = this.#postponed.size > 0 ? this.#firstRequestAt : undefined;
    const times = [this.#patienceBook.oldest(), introduction, ...since].filter((time) => time !== undefined);
    return times.length === 0 ? undefined : Math.min(...times) + this.#patience;
  }
}

function isWorthSending(plan: TypePlan, channel: TypeChannel): boolean {
  return plan.upserts.length > 0 || plan.removals.length > 0 || channel.owed;
}

/**
 * A set that is not whole deletes what it lacks. That is right once the client has accepted one on this stream,
 * because then it holds nothing else; after a reconnect it would take away what works.
 */
function wouldDelete(plan: TypePlan, { reconnected, view }: TypeChannel): boolean {
  return plan.full !== undefined && plan.isPartial && reconnected && !view.hasAccepted;
}
