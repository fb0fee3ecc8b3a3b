import { ROUTE_TYPE } from '@quintet/xds';
import { type AdsStream, openAdsStream } from './ads-stream.ts';
import type { FleetOrder, FleetReport } from './messages.ts';
import { createNamesBook, type SeenResponse } from './response.ts';

/** The streams of a fleet, in a process beside the one that starts it. */
class Fleet {
  readonly #streams = new Set<AdsStream>();
  readonly #open = new Set<AdsStream>();
  readonly #names = createNamesBook();
  #unmarked = new Set<AdsStream>();
  #mark = '';
  #receivedBytes = 0;

  obey(order: FleetOrder): void {
    if (order.kind === 'connect') this.#connect(order.address, order.nodeIds);
    else {
      this.#mark = order.mark;
      this.#unmarked = new Set(this.#streams);
      this.#receivedBytes = 0;
    }
  }

  #connect(address: string, nodeIds: readonly string[]): void {
    for (const nodeId of nodeIds) {
      const stream = openAdsStream({
        ...{ address, nodeId, names: this.#names },
        onResponse: (from, response) => this.#take(from, response),
        onEnd: (reason) => tell({ kind: 'ended', reason: `${nodeId}: ${reason}` }),
      });
      this.#streams.add(stream);
      this.#open.add(stream);
    }
  }

  #take(stream: AdsStream, { typeUrl, bytes }: SeenResponse): void {
    this.#receivedBytes += bytes.length;
    const receivedBytes = this.#receivedBytes;
    if (stream.isFull() && this.#open.delete(stream) && this.#open.size === 0)
      tell({ kind: 'full', at: Date.now(), receivedBytes });
    if (typeUrl !== ROUTE_TYPE || !bytes.includes(this.#mark)) return;
    if (this.#unmarked.delete(stream) && this.#unmarked.size === 0)
      tell({ kind: 'marked', at: Date.now(), receivedBytes });
  }
}

function tell(report: FleetReport): void {
  process.send?.(report);
}

const fleet = new Fleet();
process.on('message', (order: FleetOrder) => fleet.obey(order));
// The starter is gone.
process.on('disconnect', () => process.exit(0));
