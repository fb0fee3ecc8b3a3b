import type {
  Labels,
  NativeChange,
  NativeNamespace,
  NativeNode,
  NativeObject,
  NativeService,
} from '@quintet/model';
import { nodeLocality } from './locality.ts';
import type { Contribution } from './make-entry.ts';
import { NETWORK_LABEL, type NetworkTable, networkTable } from './network.ts';
import type { PartWorld } from './part.ts';
import { Parts } from './parts.ts';
import { CLUSTER_LABEL } from './pod-facts.ts';
import { PodIndex } from './pod-index.ts';
import { entryPorts } from './service-facts.ts';
import { type SourceFacts, type SynthesisSettings, sourceFacts } from './settings.ts';

/** The services of one source, with everything that their endpoints are made from. */
export class Registry {
  readonly #source: string;
  readonly #services = new Map<string, NativeService>();
  readonly #parts = new Parts();
  readonly #pods: PodIndex;
  /** By name of the node. */
  readonly #localities = new Map<string, string>();
  /** Networks that namespaces name, of which only the root namespace counts. */
  readonly #networkOfNamespace = new Map<string, string>();
  #settings: SynthesisSettings;
  #facts: SourceFacts;
  #networks: NetworkTable;
  #labels: Labels;

  constructor(source: string, settings: SynthesisSettings) {
    this.#source = source;
    this.#settings = settings;
    this.#facts = sourceFacts(source, settings);
    this.#networks = networkTable(settings.networks);
    this.#labels = unknownPod(this.#facts.cluster);
    this.#pods = new PodIndex({ trustDomain: settings.trustDomain, cluster: this.#facts.cluster });
  }

  /** Takes one change over; gives the services that may look different now, as `namespace/name`. */
  apply({ before, after }: NativeChange): readonly string[] {
    const object = after ?? before;
    switch (object?.kind) {
      case 'Service':
        return this.#applyService(object, after);
      case 'EndpointSlice':
      case 'Endpoints':
        return this.#parts.apply(backend(before), backend(after));
      case 'Pod': {
        const references = this.#pods.apply(pod(before), pod(after));
        return references.flatMap((reference) => this.#parts.podChanged(reference));
      }
      case 'Node':
        return this.#applyNode(object, after);
      case 'Namespace':
        return this.#applyNamespace(object, after);
      default:
        return [];
    }
  }

  /** Takes other settings over; every service may look different then. */
  reconfigure(settings: SynthesisSettings): readonly string[] {
    this.#settings = settings;
    this.#facts = sourceFacts(this.#source, settings);
    this.#networks = networkTable(settings.networks);
    this.#labels = unknownPod(this.#facts.cluster);
    this.#pods.reset({ trustDomain: settings.trustDomain, cluster: this.#facts.cluster });
    this.#parts.everythingChanged();
    return [...this.#services.keys()];
  }

  /** What this source knows of a service; undefined when it has none of that name. */
  contribution(key: string): Contribution | undefined {
    const service = this.#services.get(key);
    if (service === undefined) return undefined;
    const parts = this.#parts.of(key, this.#world(service));
    return {
      service,
      records: parts.flatMap(({ records }) => records),
      notReady: parts.flatMap(({ notReady }) => notReady),
    };
  }

  #world(service: NativeService): PartWorld {
    const { cluster, awaitsPods } = this.#facts;
    return {
      cluster,
      awaitsPods,
      labels: this.#labels,
      portNames: entryPorts(service).map(({ name }) => name),
      publishNotReady: service.spec.publishNotReadyAddresses,
      family: service.spec.clusterIPs[0]?.includes(':') ? 'IPv6' : 'IPv4',
      networks: this.#networks,
      clusterNetwork: this.#networkOfNamespace.get(this.#settings.rootNamespace) ?? '',
      facts: (reference) => this.#pods.facts(reference),
      localityOf: (node) => this.#localities.get(node) ?? '',
    };
  }

  #applyService({ namespace, name }: NativeService, after: NativeObject | undefined): readonly string[] {
    const key = `${namespace}/${name}`;
    if (after?.kind === 'Service') this.#services.set(key, after);
    else this.#services.delete(key);
    return [key];
  }

  #applyNode({ name }: NativeNode, after: NativeObject | undefined): readonly string[] {
    const locality = after === undefined ? '' : nodeLocality(after.labels);
    if (locality === (this.#localities.get(name) ?? '')) return [];
    if (locality === '') this.#localities.delete(name);
    else this.#localities.set(name, locality);
    return this.#parts.nodeChanged(name);
  }

  #applyNamespace({ name }: NativeNamespace, after: NativeObject | undefined): readonly string[] {
    const network = after?.labels[NETWORK_LABEL] ?? '';
    if (network === (this.#networkOfNamespace.get(name) ?? '')) return [];
    if (network === '') this.#networkOfNamespace.delete(name);
    else this.#networkOfNamespace.set(name, network);
    return name === this.#settings.rootNamespace ? this.#parts.everythingChanged() : [];
  }
}

function unknownPod(cluster: string): Labels {
  return Object.freeze({ [CLUSTER_LABEL]: cluster });
}

function backend(object: NativeObject | undefined) {
  return object?.kind === 'EndpointSlice' || object?.kind === 'Endpoints' ? object : undefined;
}

function pod(object: NativeObject | undefined) {
  return object?.kind === 'Pod' ? object : undefined;
}
