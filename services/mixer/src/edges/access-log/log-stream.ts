import type { Bag } from '@quintet/expr';
import type { StreamAccessLogsMessage } from '@quintet/proto/envoy/service/accesslog/v3/als_pb.js';
import { MeshError } from '@quintet/runtime';
import type { Directory } from '../../workloads/directory.ts';
import type { WorkloadInstance } from '../../workloads/instances.ts';
import { judgeReporter, parseProxyNode } from '../../workloads/reporter.ts';
import { connectionTotals } from './connection-totals.ts';
import { httpBag, isFinished } from './http-bag.ts';
import { peersOf } from './logged-entry.ts';
import { tcpBag } from './tcp-bag.ts';

/** One stream of log entries: the first message says whose it is. */
export type LogStream = {
  /** The attribute bags of a message; throws a MeshError when the reporter is not believed. */
  bags(message: StreamAccessLogsMessage): readonly Bag[];
  /** Ends what the stream vouched for. */
  close(): void;
};

/** Reads the messages of a stream whose caller's certificate is `spiffeId` (undefined on a port without certificates). */
export function createLogStream(options: {
  readonly spiffeId: string | undefined;
  readonly directory: Directory;
}): LogStream {
  const { spiffeId, directory } = options;
  const totals = connectionTotals();
  let reporter: WorkloadInstance | undefined;
  let withdraw = () => {};
  return {
    bags: (message) => {
      if (message.identifier !== undefined) {
        reporter = reporterOf(message.identifier.node, spiffeId, directory);
        withdraw();
        withdraw = spiffeId === undefined ? () => {} : directory.introduce(reporter);
      }
      if (reporter === undefined) {
        throw new MeshError('invalid_argument', 'the first message of a log stream must have an identifier');
      }
      return bagsOf(message, reporter, directory, totals);
    },
    close: () => withdraw(),
  };
}

type Node = NonNullable<StreamAccessLogsMessage['identifier']>['node'];

function reporterOf(node: Node, spiffeId: string | undefined, directory: Directory): WorkloadInstance {
  const proxy = parseProxyNode(node?.id ?? '', node?.metadata ?? {});
  if (proxy === undefined) {
    const found = JSON.stringify(node?.id ?? '');
    throw new MeshError('invalid_argument', `node id ${found}: expected type~address~name.namespace~domain`);
  }
  const judged = judgeReporter(proxy, spiffeId, directory.configured());
  if (!judged.accepted) throw new MeshError('permission_denied', judged.reason);
  return judged.instance;
}

function bagsOf(
  { logEntries }: StreamAccessLogsMessage,
  reporter: WorkloadInstance,
  directory: Directory,
  totals: ReturnType<typeof connectionTotals>,
): readonly Bag[] {
  switch (logEntries.case) {
    case 'httpLogs':
      return logEntries.value.logEntry.filter(isFinished).flatMap((entry) => {
        const common = entry.commonProperties;
        return common === undefined
          ? []
          : [httpBag({ entry, common, peers: peersOf(common, reporter, directory) })];
      });
    case 'tcpLogs':
      return logEntries.value.logEntry.flatMap((entry) => {
        const common = entry.commonProperties;
        if (common === undefined) return [];
        return [
          tcpBag({ common, change: totals.change(entry), peers: peersOf(common, reporter, directory) }),
        ];
      });
    default:
      return [];
  }
}
