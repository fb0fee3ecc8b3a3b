import type { JsonObject } from '@bufbuild/protobuf';
import type { AttributeManifest, Bag, Fault, Timestamp, Value, ValueType } from '@quintet/expr';

/** What instances of a template are for. */
export type Variety = 'check' | 'report' | 'quota';

export type Values = ReadonlyMap<string, Value>;

/** An instance made for one request: what an adapter is given. `name` is `<name>.instance.<namespace>`. */
export type InstanceValue =
  | {
      readonly template: 'metric';
      readonly name: string;
      readonly value: Value;
      readonly dimensions: Values;
      readonly monitoredResourceType: string;
      readonly monitoredResourceDimensions: Values;
    }
  | {
      readonly template: 'logentry';
      readonly name: string;
      readonly variables: Values;
      readonly timestamp: Timestamp;
      readonly severity: string;
      readonly monitoredResourceType: string;
      readonly monitoredResourceDimensions: Values;
    }
  | { readonly template: 'checknothing'; readonly name: string }
  | { readonly template: 'reportnothing'; readonly name: string }
  | { readonly template: 'listentry'; readonly name: string; readonly value: Value }
  | { readonly template: 'quota'; readonly name: string; readonly dimensions: Values };

export type TemplateName = InstanceValue['template'];

/** An instance of the configuration, compiled. */
export type CompiledInstance = {
  /** `<name>.instance.<namespace>`. */
  readonly name: string;
  /** The object's own name; quotas are asked for by it. */
  readonly shortName: string;
  readonly template: TemplateName;
  readonly variety: Variety;
  /** Type of each field and dimension by path, e.g. `value`, `dimensions.source`. */
  readonly types: ReadonlyMap<string, ValueType>;
  /** Makes the instance of a request; a fault when an expression has no value. */
  readonly build: (bag: Bag) => InstanceValue | Fault;
};

/** A user's mistake at a path below `spec`. */
export type Problem = { readonly path: string; readonly message: string };

export type InstanceContext = {
  readonly name: string;
  readonly shortName: string;
  readonly manifest: AttributeManifest;
};

/** A template: the shape of the parameters of its instances and how instances are made of attributes. */
export type Template = {
  readonly name: TemplateName;
  readonly variety: Variety;
  /** Compiles `spec.params`; nothing usable comes out when there are problems. */
  readonly compile: (
    params: JsonObject,
    context: InstanceContext,
  ) => { readonly instance?: CompiledInstance; readonly problems: readonly Problem[] };
};
