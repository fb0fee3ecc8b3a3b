import { ClientView } from './client-view.ts';
import { Quarantine } from './quarantine.ts';
import { INITIAL_STATE, type ProtocolState } from './subscription.ts';

/** State of the world, or incremental. */
export type Form = 'sotw' | 'delta';

/** All that is known of one type on one stream. */
export type TypeChannel = {
  readonly typeUrl: string;
  readonly view: ClientView;
  readonly quarantine: Quarantine;
  protocol: ProtocolState;
  /** The client came with something accepted elsewhere, of which nothing is known: it reconnected. */
  reconnected: boolean;
  /** A response is owed even when it would say nothing: the client waits for a first one. */
  owed: boolean;
};

export function createChannel(typeUrl: string): TypeChannel {
  return {
    typeUrl,
    view: new ClientView(),
    quarantine: new Quarantine(),
    protocol: INITIAL_STATE,
    owed: false,
    reconnected: false,
  };
}
