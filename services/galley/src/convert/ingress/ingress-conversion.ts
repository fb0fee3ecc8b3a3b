import {
  type ConfigObject,
  type Issue,
  type NativeChange,
  type NativeIngress,
  type NativeObject,
  nativeKey,
} from '@quintet/model';
import type { MeshConfig } from '@quintet/proto/istio/mesh/v1alpha1/mesh_config_pb.js';
import { type Derived, type DerivedChanges, DerivedObjects } from '../derived.ts';
import { Remembered } from '../remembered.ts';
import { ingressToConfig } from './ingress-to-config.ts';

/** What the conversion depends on besides the objects of Kubernetes. */
export type IngressSettings = {
  /** Suffix of host names. */
  readonly domain: string;
  readonly meshConfig: Pick<MeshConfig, 'ingressClass' | 'ingressControllerMode' | 'ingressSelector'>;
};

/** Turns Ingresses of the own cluster and of files into gateways and virtual services. */
export type IngressConversion = {
  /** Takes changes over; gives exactly the objects that differ. */
  apply(changes: readonly NativeChange[]): Derived;
  /** Takes other settings over. */
  reconfigure(settings: IngressSettings): Derived;
  /** What is wrong with Ingresses that are ours. */
  issues(): readonly Issue[];
};

/** Pods that serve Ingresses in the classic charts have this value of the label `istio`. */
const DEFAULT_SELECTOR = 'ingress';

/** A conversion that knows no objects yet. */
export function createIngressConversion(settings: IngressSettings): IngressConversion {
  return new Conversion(settings);
}

/** The kinds that matter here. */
type Relevant = Extract<NativeObject, { kind: 'Ingress' | 'IngressClass' | 'Service' }>;

class Conversion implements IngressConversion {
  #settings: IngressSettings;
  /** By key and source. The first source by name has the object; other clusters serve their own Ingresses. */
  readonly #objects = new Map<string, Map<string, Relevant>>();
  readonly #ingresses = new Set<string>();
  readonly #classes = new Set<string>();
  /** Keys of the services of which an Ingress names a port. */
  #named: ReadonlySet<string> = new Set();
  #issues: readonly Issue[] = [];
  readonly #made = new DerivedObjects();
  readonly #remembered = new Remembered<ConfigObject>();

  constructor(settings: IngressSettings) {
    this.#settings = settings;
  }

  apply(changes: readonly NativeChange[]): Derived {
    const touched = changes.map((change) => this.#take(change));
    return touched.includes(true) ? this.#convert() : NOTHING;
  }

  reconfigure(settings: IngressSettings): Derived {
    this.#settings = settings;
    return this.#convert();
  }

  issues(): readonly Issue[] {
    return this.#issues;
  }

  /** Takes one change over; true when what is made may differ. */
  #take({ source, before, after }: NativeChange): boolean {
    const object = after ?? before;
    if (object === undefined || !isRelevant(object) || /^kube\/./.test(source)) return false;
    const key = nativeKey(object);
    const bySource = this.#objects.get(key) ?? new Map<string, Relevant>();
    if (after === undefined) bySource.delete(source);
    else bySource.set(source, object);
    if (bySource.size > 0) this.#objects.set(key, bySource);
    else this.#objects.delete(key);
    if (object.kind === 'Service') return this.#named.has(key);
    const keys = object.kind === 'Ingress' ? this.#ingresses : this.#classes;
    if (bySource.size > 0) keys.add(key);
    else keys.delete(key);
    return true;
  }

  #convert(): Derived {
    const { domain, meshConfig } = this.#settings;
    const ingresses = this.#all(this.#ingresses, 'Ingress');
    this.#named = new Set(ingresses.flatMap(namedServices));
    const { objects, issues } = ingressToConfig(ingresses, {
      domain,
      settings: meshConfig,
      remembered: this.#remembered,
      selector: meshConfig.ingressSelector || DEFAULT_SELECTOR,
      classes: this.#all(this.#classes, 'IngressClass'),
      portNumber: (namespace, name, port) =>
        this.#portNumber(nativeKey({ kind: 'Service', namespace, name }), port),
    });
    this.#issues = issues;
    const derived: DerivedChanges = { put: [], removed: [] };
    this.#made.replace('', objects, derived);
    return derived;
  }

  #portNumber(service: string, portName: string): number | undefined {
    const found = this.#object(service);
    return found?.kind === 'Service'
      ? found.spec.ports.find(({ name }) => name === portName)?.port
      : undefined;
  }

  #all<Kind extends Relevant['kind']>(
    keys: ReadonlySet<string>,
    kind: Kind,
  ): Extract<Relevant, { kind: Kind }>[] {
    const isOfKind = (object: Relevant | undefined): object is Extract<Relevant, { kind: Kind }> =>
      object?.kind === kind;
    return [...keys]
      .sort()
      .map((key) => this.#object(key))
      .filter(isOfKind);
  }

  #object(key: string): Relevant | undefined {
    const [first] = [...(this.#objects.get(key) ?? [])].sort(([a], [b]) => (a < b ? -1 : 1));
    return first?.[1];
  }
}

const NOTHING: Derived = { put: [], removed: [] };

function isRelevant(object: NativeObject): object is Relevant {
  return object.kind === 'Ingress' || object.kind === 'IngressClass' || object.kind === 'Service';
}

function namedServices({ namespace, spec }: NativeIngress): string[] {
  const backends = [
    ...spec.rules.flatMap(({ paths }) => paths.map(({ backend }) => backend)),
    spec.defaultBackend,
  ];
  return backends.flatMap((backend) =>
    typeof backend?.servicePort === 'string'
      ? [nativeKey({ kind: 'Service', namespace, name: backend.serviceName })]
      : [],
  );
}
