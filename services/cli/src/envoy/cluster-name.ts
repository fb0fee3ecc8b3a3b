/** The parts of a cluster name of the mesh. */
export type ClusterName = {
  readonly direction: 'outbound' | 'inbound';
  readonly port: string;
  /** Subset of an outbound cluster, port name of an inbound one; may be empty. */
  readonly subset: string;
  readonly host: string;
};

/**
 * Reads `outbound|9080|v1|reviews.default.svc.cluster.local`, also as SNI spells it (`outbound_.9080_.v1_.reviews…`).
 * Undefined for clusters with names of another form.
 */
export function parseClusterName(name: string): ClusterName | undefined {
  const separator = name.includes('|') ? '|' : '_.';
  const [direction, port = '', subset = '', host = '', ...more] = name.split(separator);
  if (more.length > 0 || host === '' || (direction !== 'outbound' && direction !== 'inbound'))
    return undefined;
  return { direction, port, subset, host };
}
