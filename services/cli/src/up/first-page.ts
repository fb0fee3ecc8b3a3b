import { errorText, MeshError } from '@quintet/runtime/command';
import { httpGet } from '../net/http-get.ts';

const LOOK_EVERY_MS = 100;
const ANSWER_LIMIT_MS = 8000;

export type PageOptions = { readonly signal: AbortSignal; readonly limitMs: number };

/** Asks for the page until it is there with every part. Throws a MeshError when it is not within `limitMs`. */
export async function waitForPage(url: string, { signal, limitMs }: PageOptions): Promise<void> {
  const deadline = AbortSignal.timeout(limitMs);
  let problem = 'it was never asked for';
  while (!signal.aborted) {
    problem = await pageProblem(url);
    if (problem === '') return;
    if (deadline.aborted) {
      throw new MeshError('deadline_exceeded', `${url} does not come after ${limitMs / 1000} s: ${problem}`);
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

async function pageProblem(url: string): Promise<string> {
  try {
    const { status, body } = await httpGet({ url }, { timeoutMs: ANSWER_LIMIT_MS });
    if (status !== 200) return `status ${status} ${body.trim().slice(0, 200)}`;
    // A page that says in place what it lacks is an answer, but not yet the whole one.
    const [, lacking = ''] = /role="alert">([^<]*)/.exec(body) ?? [];
    return lacking;
  } catch (error) {
    return errorText(error);
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
