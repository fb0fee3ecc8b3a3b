import type { MessageInitShape } from '@bufbuild/protobuf';
import { PkiError, verifyTrustBundle } from '@quintet/pki';
import type { Trust, TrustBundle, WatchRequestSchema } from '@quintet/proto/quintet/trust/v1/trust_pb.js';
import {
  type Clock,
  type Component,
  createBackoff,
  createFailureLog,
  createQueue,
  type Log,
  MeshError,
  type Random,
  type ServiceClient,
  sleep,
} from '@quintet/runtime';
import type { NodeagentEvents } from '../events.ts';
import type { RootStore } from './root-store.ts';

/** Where bundles come from and who may sign them. */
export type TrustWatchOptions = {
  readonly client: ServiceClient<typeof Trust>;
  readonly nodeId: string;
  readonly trustDomain: string;
  /** Whether a SPIFFE id is citadel's. */
  readonly maySign: (spiffeId: string) => boolean;
  readonly roots: RootStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly events: NodeagentEvents;
};

/** A citadel without the service (a classic one) is asked again after this long. */
const UNIMPLEMENTED_WAIT_MS = 300_000;

/**
 * Follows citadel's trust bundle. A bundle is taken over only if citadel signed it with a certificate that leads to a root
 * trusted already, and if it is no older than the last one; the answer tells citadel which.
 */
export function createTrustWatch(options: TrustWatchOptions): Component {
  const { clock, random, log } = options;
  const stop = new AbortController();
  const state = { hash: '', sequence: 0n };
  const run = async () => {
    const backoff = createBackoff({ initialMs: 500, maxMs: 10_000, random });
    const failures = createFailureLog({
      ...{ log, clock },
      failing: 'cannot follow the trust bundle; the roots known stay',
      recovered: 'the trust bundle is followed again',
    });
    const onBundle = () => {
      backoff.reset();
      failures.succeeded();
    };
    while (!stop.signal.aborted) {
      let waitMs = 0;
      try {
        await follow(options, { state, signal: stop.signal, onBundle });
        waitMs = backoff.next();
      } catch (error) {
        if (!(error instanceof MeshError)) throw error;
        if (stop.signal.aborted) return;
        waitMs = error.code === 'unimplemented' ? UNIMPLEMENTED_WAIT_MS : backoff.next();
        failures.failed(error);
      }
      await sleep(clock, waitMs, stop.signal);
    }
  };
  const failure = Promise.withResolvers<never>();
  return {
    name: 'trust-watch',
    failed: failure.promise,
    start: () => void run().catch(failure.reject),
    stop: () => stop.abort(),
  };
}

type Progress = {
  readonly state: { hash: string; sequence: bigint };
  readonly signal: AbortSignal;
  readonly onBundle: () => void;
};

async function follow(options: TrustWatchOptions, { state, signal, onBundle }: Progress): Promise<void> {
  if (options.roots.certificates().length === 0)
    throw new MeshError('unavailable', 'there is no trusted root yet');
  const requests = createQueue<MessageInitShape<typeof WatchRequestSchema>>();
  requests.push({ nodeId: options.nodeId, ackedHash: state.hash });
  for await (const bundle of options.client.watch(requests, { signal })) {
    onBundle();
    const problem = takeOver(bundle, state, options);
    requests.push({ ackedHash: state.hash, errorDetail: problem ?? '' });
  }
}

/** Answers why the bundle was not taken over, or nothing. */
function takeOver(
  bundle: TrustBundle,
  state: Progress['state'],
  options: TrustWatchOptions,
): string | undefined {
  const { roots, trustDomain, maySign, clock, log, events } = options;
  try {
    if (bundle.sequence < state.sequence)
      throw new PkiError('refused', `sequence ${bundle.sequence}, have ${state.sequence}`);
    const trusted = verifyTrustBundle(bundle, {
      roots: roots.certificates(),
      trustDomain,
      maySign,
      now: clock.now(),
    });
    state.hash = bundle.hash;
    state.sequence = bundle.sequence;
    roots.setBundle(trusted);
    return undefined;
  } catch (error) {
    if (!(error instanceof PkiError)) throw error;
    log.error({ err: error, hash: bundle.hash }, 'trust bundle refused');
    events.trustBundleRefused({ reason: error.message });
    return error.message;
  }
}
