import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import { type AdmissionReview, readAdmissionReview } from '@quintet/kube';
import { kindByName } from '@quintet/model';
import { type Clock, createRateLimit, type HttpServer, type Log, MeshError } from '@quintet/runtime';
import type { FastifyRequest } from 'fastify';
import type { GalleyMetrics } from '../metrics.ts';
import { answerReview, internalError } from './answer.ts';
import { type AdmissionCheck, judge, type Verdict } from './judge.ts';
import { ADMISSION_PATHS, type AdmissionPath } from './paths.ts';

export type AdmissionOptions = {
  /** Checks beyond the object itself; told of objects that decode, of all kinds. */
  readonly alsoCheck: AdmissionCheck;
  readonly requestsPerSecond: number;
  readonly metrics: Pick<GalleyMetrics, 'validationPassed' | 'validationFailed' | 'validationHttpError'>;
  readonly clock: Clock;
  readonly log: Log;
};

/** Adds `POST /admitpilot`, `POST /admitmixer` and `GET /ready` to a server. */
export function addAdmission(server: HttpServer, options: AdmissionOptions): void {
  const { metrics, clock, requestsPerSecond } = options;
  const limit = createRateLimit({ clock, perSecond: requestsPerSecond, burst: 2 * requestsPerSecond });
  server.app.addHook('onResponse', async (_request, { statusCode }) => {
    if (statusCode < 200 || statusCode > 299)
      metrics.validationHttpError.add(1, { status: String(statusCode) });
  });
  server.app.register(async (scope) => {
    // Anything but JSON is refused by its content type, before it is read. The parser of our own lets keys such as
    // `__proto__` through as what they are, keys: the object is refused with a reason then, not the request.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(
      'application/json',
      { parseAs: 'string' },
      async (_request: FastifyRequest, body: string) => parseBody(body),
    );
    scope.addHook('onRequest', async () => {
      if (!limit.take()) throw new MeshError('resource_exhausted', 'too many reviews');
    });
    for (const path of ADMISSION_PATHS) {
      scope.post<{ Body: JsonValue | undefined }>(path.path, async (request) =>
        review(readAdmissionReview(request.body), path, options),
      );
      scope.route({
        method: ['GET', 'PUT', 'PATCH', 'DELETE'],
        url: path.path,
        handler: (_request, reply) =>
          reply.code(405).header('allow', 'POST').type('text/plain').send('expected POST\n'),
      });
    }
  });
  server.app.get('/ready', async (_request, reply) => reply.type('text/plain').send('ready\n'));
}

function parseBody(body: string): JsonValue {
  try {
    const value: JsonValue = JSON.parse(body);
    return value;
  } catch {
    throw new MeshError('invalid_argument', 'the body: expected JSON');
  }
}

function review(question: AdmissionReview, { kinds }: AdmissionPath, options: AdmissionOptions): JsonObject {
  const { alsoCheck, metrics, log } = options;
  const { request } = question;
  const { uid, namespace, name } = request;
  try {
    const verdict = judge(request, { kinds, alsoCheck });
    count(question, verdict, metrics);
    if (!verdict.allowed) {
      const { reason, message } = verdict;
      const kind = request.kind.kind.slice(0, 100);
      log.info({ uid, kind, namespace, name, reason, why: message }, 'an object was refused');
    }
    return answerReview(question, verdict);
  } catch (error) {
    log.error({ err: error, uid, namespace, name }, 'cannot answer a review');
    return internalError(question);
  }
}

/** Labels have values of the table of kinds only: what strangers send makes no series. */
function count(
  { request }: AdmissionReview,
  verdict: Verdict,
  { validationPassed, validationFailed }: AdmissionOptions['metrics'],
): void {
  const { group, version, kind } = request.kind;
  const row = kindByName(kind);
  const labels =
    row?.group === group && row.versions.includes(version)
      ? { group, version, resource: row.plural }
      : { group: '', version: '', resource: '' };
  if (verdict.reason !== undefined) validationFailed.add(1, { ...labels, reason: verdict.reason });
  else validationPassed.add(1, labels);
}
