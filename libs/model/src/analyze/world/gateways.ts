import type { Gateway, Server } from '@quintet/proto/istio/networking/v1alpha3/gateway_pb.js';
import type { ConfigObject } from '../../config-object.ts';
import { GATEWAY } from '../../kinds/networking.ts';
import type { AnalysisWorld } from './analysis-world.ts';
import { pickByAge } from './pick-kind.ts';
import type { Workload, Workloads } from './workloads.ts';

/** A gateway with what it needs of its surroundings. */
export type GatewayView = {
  readonly subject: ConfigObject<Gateway>;
  readonly spec: Gateway;
  readonly namespace: string;
  /** `<namespace>/<name>`. */
  readonly ref: string;
  readonly servers: readonly ServerView[];
  /** The workloads that its selector selects, of any namespace. */
  readonly workloads: readonly Workload[];
};

export type ServerView = {
  readonly server: Server;
  /** `spec.servers[<n>]`. */
  readonly path: string;
  readonly hosts: readonly ServerHost[];
};

/** A host of a server; `namespace` is `*` when virtual services of any namespace may use it. */
export type ServerHost = { readonly namespace: string; readonly host: string };

/** All gateways, oldest first. */
export function gatewaysOf(world: AnalysisWorld, workloads: Workloads): readonly GatewayView[] {
  return pickByAge(world.objects, GATEWAY).map((subject) => {
    const { name, namespace, spec } = subject;
    return {
      subject,
      spec,
      namespace,
      ref: `${namespace}/${name}`,
      servers: spec.servers.map((server, index) => ({
        server,
        path: `spec.servers[${index}]`,
        hosts: server.hosts.map((host) => hostOf(host, namespace)),
      })),
      workloads: workloads.select(spec.selector),
    };
  });
}

/** `[namespace/]host`; `.` is the gateway's own namespace, none is any. */
function hostOf(written: string, namespace: string): ServerHost {
  const slash = written.indexOf('/');
  const home = slash < 0 ? '*' : written.slice(0, slash);
  return { namespace: home === '.' ? namespace : home, host: written.slice(slash + 1).toLowerCase() };
}
