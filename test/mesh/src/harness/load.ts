import { setTimeout as delay } from 'node:timers/promises';
import { type HttpAnswer, type HttpCall, httpCall } from './http-call.ts';

export type LoadOptions = {
  readonly url: string;
  readonly headers?: HttpCall['headers'];
  /** Requests a second; 50 unless given. */
  readonly perSecond?: number;
  /** What is wrong with an answer; undefined when it is what the configuration asks for. */
  readonly problemOf?: (answer: HttpAnswer) => string | undefined;
};

/** A request that was not answered as the configuration asks. */
export type Failure = {
  /** When it was sent, milliseconds since 1970. */
  readonly sentAt: number;
  /** How long it took to fail, milliseconds. */
  readonly tookMs: number;
  /** No answer has status 0. */
  readonly status: number;
  readonly problem: string;
};

/** Requests that are being sent at a steady rate. */
export type Load = {
  /** How many were sent and answered or given up so far, failed ones included. */
  readonly finished: number;
  /** The slowest so far, milliseconds. */
  readonly slowestMs: number;
  readonly failures: readonly Failure[];
  /** Waits until `count` more requests that are sent from now on have ended. */
  more(count: number): Promise<void>;
  /** Sends no more and waits until every request has ended. */
  stop(): Promise<void>;
};

const CLIENT_TIMEOUT_MS = 5000;

/**
 * Sends requests at a fixed rate whether or not earlier ones were answered, as readers who do not know of each other do:
 * a stall is seen by every request that falls into it. A request fails after 5 s without a whole answer. Nothing is sent
 * twice, and each request has a connection of its own: a server may end an idle connection at any moment, and a client
 * that reuses one has to send a request again that met the end (RFC 9112, 9.3.1). This one never does, so that
 * whatever fails here failed in the mesh.
 */
export function startLoad(options: LoadOptions): Load {
  const { url, headers = {}, perSecond = 50, problemOf = notOk } = options;
  const failures: Failure[] = [];
  const running = new Set<Promise<void>>();
  let [finished, slowestMs, stopped] = [0, 0, false];

  const send = async (): Promise<void> => {
    const sentAt = Date.now();
    const started = performance.now();
    const { status, problem } = await ask({ url, headers, timeoutMs: CLIENT_TIMEOUT_MS }, problemOf);
    const tookMs = Math.round(performance.now() - started);
    finished += 1;
    slowestMs = Math.max(slowestMs, tookMs);
    if (problem !== undefined) failures.push({ sentAt, tookMs, status, problem });
  };
  const launch = (): void => {
    const request = send();
    running.add(request);
    void request.finally(() => running.delete(request));
  };
  const keepSending = async (): Promise<void> => {
    const started = performance.now();
    for (let sent = 0; !stopped; sent += 1) {
      // What is late is sent at once: the rate holds also when this process was held up.
      await delay(Math.max(0, started + (sent * 1000) / perSecond - performance.now()));
      if (!stopped) launch();
    }
  };
  const sending = keepSending();

  return {
    get finished() {
      return finished;
    },
    get slowestMs() {
      return slowestMs;
    },
    failures,
    async more(count) {
      // Those that are on their way end first or are among the next; both are counted in the target.
      const target = finished + running.size + count;
      while (finished < target && !stopped) await delay(1000 / perSecond);
    },
    async stop() {
      stopped = true;
      await sending;
      await Promise.all(running);
    },
  };
}

async function ask(
  call: HttpCall,
  problemOf: (answer: HttpAnswer) => string | undefined,
): Promise<{ readonly status: number; readonly problem: string | undefined }> {
  try {
    const answer = await httpCall(call);
    return { status: answer.status, problem: problemOf(answer) };
  } catch (error) {
    return { status: 0, problem: error instanceof Error ? error.message : String(error) };
  }
}

/** Status 200 is what is asked for. */
export function notOk({ status, body }: HttpAnswer): string | undefined {
  return status === 200 ? undefined : `status ${status} ${body.trim().slice(0, 200)}`;
}

/** Failures as text for a test's message, the first of each kind and how many there are of it. */
export function describeFailures(failures: readonly Failure[]): string[] {
  const kinds = Map.groupBy(failures, ({ problem }) => problem);
  return [...kinds].map(([problem, those]) => {
    const [first] = those;
    const last = those.at(-1);
    const when = `${timeOf(first?.sentAt)} to ${timeOf(last?.sentAt)}`;
    return `${those.length} × ${problem} (sent ${when}, the first ended after ${first?.tookMs} ms)`;
  });
}

function timeOf(milliseconds: number | undefined): string {
  return new Date(milliseconds ?? 0).toISOString().slice(11, 23);
}
