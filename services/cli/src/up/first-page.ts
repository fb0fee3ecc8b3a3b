import { errorText, MeshError } from '@quintet/runtime/command';
import { httpGet } from '../net/http-get.ts';

const LOOK_EVERY_MS = 100;
const ANSWER_LIMIT_MS = 8000;

export type PageOptions = {
  readonly signal: AbortSignal;
  /** How long to wait for any answer with status 200. */
  readonly limitMs: number;
  /** How long to wait for a page that lacks nothing, once there is one. */
  readonly wholeMs: number;
};

/**
 * Asks for the page until it is there, and a little longer until it lacks nothing: the configuration may want it to.
 * Answers what it still lacks, in the page's words; empty for a whole one. Throws a MeshError when no page comes.
 */
export async function waitForPage(url: string, { signal, limitMs, wholeMs }: PageOptions): Promise<string> {
  const deadline = AbortSignal.timeout(limitMs);
  let patience: AbortSignal | undefined;
  for (;;) {
    const { problem, lacking } = await askForPage(url);
    if (problem === '' && lacking === '') return '';
    if (problem === '') {
      patience ??= AbortSignal.timeout(wholeMs);
      if (patience.aborted || signal.aborted) return lacking;
    } else if (deadline.aborted) {
      throw new MeshError('deadline_exceeded', `${url} does not come after ${limitMs / 1000} s: ${problem}`);
    }
    if (signal.aborted) return problem;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

type PageAnswer = {
  /** Why there is no page. */
  readonly problem: string;
  /** What the page says it cannot show. */
  readonly lacking: string;
};

async function askForPage(url: string): Promise<PageAnswer> {
  try {
    const { status, body } = await httpGet({ url }, { timeoutMs: ANSWER_LIMIT_MS });
    if (status !== 200) return { problem: `status ${status} ${body.trim().slice(0, 200)}`, lacking: '' };
    const [, lacking = ''] = /role="alert">([^<]*)/.exec(body) ?? [];
    return { problem: '', lacking };
  } catch (error) {
    return { problem: errorText(error), lacking: '' };
  }
}

/** How often which version answered: `reviews v1` → 9. */
export type TrafficResult = {
  readonly sent: number;
  readonly failed: number;
  readonly versions: ReadonlyMap<string, number>;
};

/** Asks for the page `count` times, one after the other, and counts which versions of `service` answered. */
export async function sendTraffic(
  url: string,
  {
    count,
    service,
    signal,
  }: { readonly count: number; readonly service: string; readonly signal: AbortSignal },
): Promise<TrafficResult> {
  const versions = new Map<string, number>();
  const pattern = new RegExp(`data-service="${service}" data-version="([^"]*)"`);
  let failed = 0;
  let sent = 0;
  for (; sent < count && !signal.aborted; sent += 1) {
    const answer = await httpGet({ url }, { timeoutMs: ANSWER_LIMIT_MS }).catch(() => undefined);
    if (answer?.status !== 200) failed += 1;
    const [, version] = pattern.exec(answer?.body ?? '') ?? [];
    if (version !== undefined) versions.set(version, (versions.get(version) ?? 0) + 1);
  }
  return { sent, failed, versions };
}
