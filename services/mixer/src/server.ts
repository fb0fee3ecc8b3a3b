import { create } from '@bufbuild/protobuf';
import type { Bag, Value } from '@quintet/expr';
import { AccessLogService } from '@quintet/proto/envoy/service/accesslog/v3/als_pb.js';
import { AttributeContextSchema } from '@quintet/proto/envoy/service/auth/v3/attribute_context_pb.js';
import { Authorization } from '@quintet/proto/envoy/service/auth/v3/external_auth_pb.js';
import { Mixer } from '@quintet/proto/istio/mixer/v1/mixer_pb.js';
import { type AllowList, type GrpcServer, MeshError, type ServiceImpl } from '@quintet/runtime';
import { CODES, codeName } from './adapters/google-codes.ts';
import { createLogStream } from './edges/access-log/log-stream.ts';
import { authorize } from './edges/ext-authz/authorize.ts';
import { peersOf } from './edges/ext-authz/peers-of.ts';
import { contextText } from './edges/ext-authz/request-bag.ts';
import { answerCheck } from './edges/mixer/check-answer.ts';
import { decodeAttributes, requireKnownWords } from './edges/mixer/compressed-attributes.ts';
import { reportedAttributes } from './edges/mixer/report-bags.ts';
import { reporterProblem, wireBag } from './edges/mixer/wire-bag.ts';
import type { MixerEvents } from './events.ts';
import type { MixerMetrics } from './metrics.ts';
import type { Shedder } from './overload/shedder.ts';
import type { ReportQueue } from './report/report-queue.ts';
import type { Engine } from './runtime/engine.ts';
import type { Directory } from './workloads/directory.ts';

/** What the edges are made with. */
export type EdgeOptions = {
  readonly engine: Engine;
  readonly directory: Directory;
  readonly reports: ReportQueue;
  readonly shedder: Shedder;
  readonly metrics: MixerMetrics;
  readonly events: MixerEvents;
};

type Edge = 'ext_authz' | 'access_log' | 'mixer';

/** Adds every edge to a server; `allow` is undefined on a port that asks for no certificates. */
export function addEdges(server: GrpcServer, allow: AllowList | undefined, options: EdgeOptions): void {
  const access = allow === undefined ? {} : { allow };
  server.add(Authorization, extAuthz(options), access);
  server.add(AccessLogService, accessLog(options), access);
  server.add(Mixer, classicMixer(options), access);
}

function extAuthz({
  engine,
  directory,
  shedder,
  metrics,
  events,
}: EdgeOptions): ServiceImpl<typeof Authorization> {
  return {
    check: async ({ attributes: context = create(AttributeContextSchema) }, call) => {
      admit(shedder);
      const found = peersOf(context, call.identity?.spiffeId, directory);
      if ('reason' in found) throw refused('ext_authz', found.reason, { metrics, events });
      const answer = authorize(context, found.peers, engine);
      const code = answer.status?.code ?? CODES.ok;
      metrics.checks.add(1, { edge: 'ext_authz', code: codeName(code) });
      if (code !== CODES.ok) {
        events.denied({
          source: found.peers.sourceId ?? 'unknown',
          destination: contextText(context, 'destination.service.host') || 'unknown',
          reason: `${codeName(code)}:${answer.status?.message ?? ''}`,
        });
      }
      return answer;
    },
  };
}

function accessLog({
  directory,
  reports,
  shedder,
  metrics,
  events,
}: EdgeOptions): ServiceImpl<typeof AccessLogService> {
  return {
    streamAccessLogs: async (messages, call) => {
      const stream = createLogStream({ spiffeId: call.identity?.spiffeId, directory });
      try {
        for await (const message of messages) {
          take('access_log', stream.bags(message), { reports, shedder, metrics });
        }
        return {};
      } catch (error) {
        if (error instanceof MeshError && error.code === 'permission_denied') {
          throw refused('access_log', error.message, { metrics, events });
        }
        throw error;
      } finally {
        stream.close();
      }
    },
  };
}

function classicMixer({
  engine,
  directory,
  reports,
  shedder,
  metrics,
  events,
}: EdgeOptions): ServiceImpl<typeof Mixer> {
  return {
    check: async (request, call) => {
      admit(shedder);
      requireKnownWords(request.globalWordCount);
      const attributes = new Map<string, Value>();
      if (request.attributes !== undefined) decodeAttributes(request.attributes, attributes);
      const problem = reporterProblem(attributes, call.identity?.spiffeId);
      if (problem !== undefined) throw refused('mixer', problem, { metrics, events });
      const answer = answerCheck(request, wireBag(attributes, directory), engine);
      metrics.checks.add(1, { edge: 'mixer', code: codeName(answer.precondition?.status?.code ?? CODES.ok) });
      return answer;
    },
    report: async (request, call) => {
      const bags = reportedAttributes(request).map((attributes) => {
        const problem = reporterProblem(attributes, call.identity?.spiffeId);
        if (problem !== undefined) throw refused('mixer', problem, { metrics, events });
        return wireBag(attributes, directory);
      });
      take('mixer', bags, { reports, shedder, metrics });
      return {};
    },
  };
}

function admit(shedder: Shedder): void {
  if (!shedder.admit()) throw new MeshError('unavailable', 'overloaded: the request was turned away');
}

function take(
  edge: Edge,
  bags: readonly Bag[],
  { reports, shedder, metrics }: Pick<EdgeOptions, 'reports' | 'shedder' | 'metrics'>,
): void {
  if (bags.length === 0) return;
  metrics.reports.add(bags.length, { edge });
  if (shedder.admit()) reports.push(bags);
  else metrics.droppedReports.add(bags.length);
}

function refused(
  edge: Edge,
  reason: string,
  { metrics, events }: Pick<EdgeOptions, 'metrics' | 'events'>,
): MeshError {
  metrics.refusedReporters.add(1, { edge });
  events.reporterRefused(edge, reason);
  return new MeshError('permission_denied', reason);
}
