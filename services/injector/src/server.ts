import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import { type AdmissionReview, readAdmissionReview } from '@quintet/kube';
import { type Clock, createRateLimit, type HttpServer, type Log, MeshError } from '@quintet/runtime';
import type { InjectorEvents } from './events.ts';
import type { InjectionConfiguration } from './injection/injection.ts';
import type { Metrics } from './metrics.ts';
import { answer, internalError } from './review/answer.ts';
import { reviewPod, type Verdict } from './review/review-pod.ts';

export type WebhookOptions = {
  readonly configuration: () => InjectionConfiguration;
  /** Namespace of the injector. */
  readonly systemNamespace: string;
  readonly requestsPerSecond: number;
  readonly events: InjectorEvents;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly log: Log;
};

/** Adds `POST /inject` to a server: reviews as JSON, answered under the uid of the question. */
export function addWebhook(server: HttpServer, options: WebhookOptions): void {
  const { metrics, clock, requestsPerSecond } = options;
  const limit = createRateLimit({ clock, perSecond: requestsPerSecond, burst: 2 * requestsPerSecond });
  server.app.register(async (scope) => {
    // Anything but JSON is refused by its content type, before it is read.
    scope.removeContentTypeParser('text/plain');
    scope.addHook('onRequest', async () => {
      metrics.requests.add(1);
      if (!limit.take()) throw new MeshError('resource_exhausted', 'too many reviews');
    });
    // Whatever is not answered with a review, because it is none or too large, counts here.
    scope.addHook('onError', async () => metrics.failures.add(1));
    scope.post<{ Body: JsonValue }>('/inject', async (request) =>
      review(readAdmissionReview(request.body), options),
    );
  });
}

function review(question: AdmissionReview, options: WebhookOptions): JsonObject {
  const { configuration, systemNamespace, metrics, events, log } = options;
  const { request } = question;
  try {
    const inUse = configuration();
    const verdict = reviewPod({ request, configuration: inUse, systemNamespace });
    audit(log, question, verdict, inUse.version);
    COUNTERS[verdict.outcome](metrics).add(1);
    if (!request.dryRun) events.decided(verdict);
    return answer(question, verdict);
  } catch (error) {
    log.error({ err: error, uid: request.uid, namespace: request.namespace }, 'cannot answer a review');
    metrics.failures.add(1);
    return internalError(question);
  }
}

const COUNTERS = {
  injected: (metrics: Metrics) => metrics.successes,
  skipped: (metrics: Metrics) => metrics.skips,
  refused: (metrics: Metrics) => metrics.failures,
} as const;

/** The record of a decision; it is written before the answer goes out. */
function audit(log: Log, { request }: AdmissionReview, verdict: Verdict, version: string): void {
  const { outcome, reason, message, pod, namespace } = verdict;
  const { uid, dryRun } = request;
  log.info({ uid, namespace, pod, outcome, reason, why: message, version, dryRun }, 'injection decided');
}
