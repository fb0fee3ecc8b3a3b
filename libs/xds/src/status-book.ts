import type { Outstanding } from './client-view.ts';
import type { TypePlan } from './plan-type.ts';
import type { TypeStatus } from './session-types.ts';
import type { TypeChannel } from './type-channel.ts';
import type { WireResource, WireSet } from './wire-set.ts';

type Page = {
  sent: Stamp;
  acked: Stamp;
  nack: TypeStatus['nack'];
  waiting: readonly string[];
  heldBack: readonly string[];
};
type Stamp = { readonly nonce: string; readonly version: string };

const NEVER: Stamp = { nonce: '', version: '' };

/** Remembers of each type on one stream what status pages show; decides nothing. */
export class StatusBook {
  readonly #pages = new Map<string, Page>();

  sent(typeUrl: string, { nonce, version }: Outstanding): void {
    this.#page(typeUrl).sent = { nonce, version };
  }

  acked(typeUrl: string, { nonce, version }: Outstanding): void {
    const page = this.#page(typeUrl);
    page.acked = { nonce, version };
    page.nack = undefined;
  }

  nacked(typeUrl: string, { nonce, version }: Outstanding, error: string, blamed: readonly string[]): void {
    this.#page(typeUrl).nack = { error, nonce, version, blamed };
  }

  planned(typeUrl: string, { waiting, heldBack }: TypePlan): void {
    const page = this.#page(typeUrl);
    page.waiting = waiting.map(({ resource }) => resource.name);
    page.heldBack = heldBack.map(({ resource }) => resource.name);
  }

  status(channel: TypeChannel, target: WireSet | undefined): TypeStatus {
    const { typeUrl, view, quarantine } = channel;
    const { sent, acked, nack, waiting, heldBack } = this.#page(typeUrl);
    const wanted = [...(target?.get(typeUrl)?.resources.values() ?? [])];
    const refused = wanted.flatMap((resource) => {
      const error = quarantine.refusal(resource);
      return error === undefined ? [] : [{ name: resource.name, version: resource.version, error }];
    });
    return {
      typeUrl,
      sentNonce: sent.nonce,
      sentVersion: sent.version,
      ackedNonce: acked.nonce,
      ackedVersion: acked.version,
      targetVersion: target?.get(typeUrl)?.version ?? '',
      isCurrent: isCurrent(channel, target),
      resources: [...view.names()].filter((name) => view.latest(name)?.removed === false).length,
      nack,
      refused,
      waiting,
      heldBack,
    };
  }

  #page(typeUrl: string): Page {
    const known = this.#pages.get(typeUrl);
    if (known !== undefined) return known;
    const page: Page = { sent: NEVER, acked: NEVER, nack: undefined, waiting: [], heldBack: [] };
    this.#pages.set(typeUrl, page);
    return page;
  }
}

/** Whether the client has accepted everything of a type that it is to have, and holds nothing else. */
export function isCurrent({ typeUrl, view, protocol }: TypeChannel, target: WireSet | undefined): boolean {
  if (target === undefined || view.outstanding.length > 0) return false;
  const all = target.get(typeUrl)?.resources ?? new Map<string, WireResource>();
  const { wildcard, names } = protocol.subscription;
  for (const name of wildcard ? all.keys() : names) {
    const wanted = all.get(name);
    if (wanted !== undefined && view.goodVersion(name)?.version !== wanted.version) return false;
  }
  for (const name of view.names()) if (!all.has(name)) return false;
  return true;
}
