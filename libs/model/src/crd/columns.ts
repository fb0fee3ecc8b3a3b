/** One column of `kubectl get`. */
export type PrinterColumn = {
  readonly name: string;
  readonly type: 'string' | 'date';
  readonly jsonPath: string;
  readonly description: string;
};

const AGE: PrinterColumn = {
  name: 'Age',
  type: 'date',
  jsonPath: '.metadata.creationTimestamp',
  description: 'When the object was created',
};

/** The columns of a kind besides its name and age. */
const COLUMNS: ReadonlyMap<string, readonly PrinterColumn[]> = new Map([
  [
    'VirtualService',
    [
      column('Gateways', '.spec.gateways', 'Gateways and sidecars that the routes are for'),
      column('Hosts', '.spec.hosts', 'Hosts that the routes are for'),
    ],
  ],
  ['DestinationRule', [column('Host', '.spec.host', 'Service that the rule is for')]],
  [
    'ServiceEntry',
    [
      column('Hosts', '.spec.hosts', 'Names of the service'),
      column('Location', '.spec.location', 'Whether the service is part of the mesh'),
      column('Resolution', '.spec.resolution', 'How the endpoints are found'),
    ],
  ],
  ['WorkloadEntry', [column('Address', '.spec.address', 'Address of the workload')]],
  ['PeerAuthentication', [column('Mode', '.spec.mtls.mode', 'Which connections are accepted')]],
  ['AuthorizationPolicy', [column('Action', '.spec.action', 'What happens to requests that match')]],
]);

/** The columns that `kubectl get` shows of a kind. */
export function printerColumns(kind: string): readonly PrinterColumn[] {
  return [...(COLUMNS.get(kind) ?? []), AGE];
}

function column(name: string, jsonPath: string, description: string): PrinterColumn {
  return { name, type: 'string', jsonPath, description };
}
