import type { JsonValue } from '@bufbuild/protobuf';
import { ISSUE_CODES, type Issue } from '@quintet/model';

/** A Secret that names clusters: their kubeconfigs by cluster id. */
export type ClusterSecret = {
  readonly key: string;
  readonly namespace: string;
  readonly name: string;
  readonly clusters: ReadonlyMap<string, string>;
};

/** Another cluster, and the Secret that names it. */
export type RemoteCluster = {
  readonly id: string;
  readonly kubeconfig: string;
  readonly secret: Pick<ClusterSecret, 'namespace' | 'name'>;
};

/** Reads the data of a Secret: each key is the id of a cluster, its value a kubeconfig. */
export function readClusters(secret: JsonValue): ReadonlyMap<string, string> {
  const data = typeof secret === 'object' && secret !== null && 'data' in secret ? secret.data : undefined;
  if (typeof data !== 'object' || data === null) return new Map();
  return new Map(
    Object.entries(data).flatMap(([id, value]) =>
      typeof value === 'string' ? [[id, Buffer.from(value, 'base64').toString('utf8')] as const] : [],
    ),
  );
}

/** All clusters by id. Of two Secrets that name one cluster the first by name counts; the other is an issue. */
export function remoteClusters(secrets: readonly ClusterSecret[]): {
  readonly clusters: ReadonlyMap<string, RemoteCluster>;
  readonly issues: readonly Issue[];
} {
  const clusters = new Map<string, RemoteCluster>();
  const issues: Issue[] = [];
  for (const secret of [...secrets].sort((a, b) => (a.key < b.key ? -1 : 1))) {
    for (const [id, kubeconfig] of secret.clusters) {
      const cluster = { id, kubeconfig, secret };
      const earlier = clusters.get(id);
      if (earlier === undefined) clusters.set(id, cluster);
      else
        issues.push(clusterIssue(cluster, `the Secret ${earlier.secret.name} names cluster "${id}" already`));
    }
  }
  return { clusters, issues };
}

/** Says that a cluster of a Secret is not read. */
export function clusterIssue({ id, secret }: RemoteCluster, message: string): Issue {
  return {
    code: 'QTT1007',
    severity: ISSUE_CODES.QTT1007.severity,
    resource: { kind: 'Secret', namespace: secret.namespace, name: secret.name },
    path: `data[${JSON.stringify(id)}]`,
    message,
  };
}
