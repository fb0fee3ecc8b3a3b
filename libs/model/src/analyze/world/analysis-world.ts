import type { MeshConfig } from '@quintet/proto/istio/mesh/v1alpha1/mesh_config_pb.js';
import type { ConfigObject } from '../../config-object.ts';
import type { NativeObject } from '../../native/native-object.ts';

/** An object that findings can be about. */
export type AnalyzedObject = ConfigObject | NativeObject;

/** Everything that an analysis looks at: all there is of one mesh, or what some files say of it. */
export type AnalysisWorld = {
  /** Decoded, of any kind; whether they are valid is part of the analysis. One object of each name. */
  readonly objects: readonly ConfigObject[];
  /** Objects of Kubernetes, one of each name. */
  readonly native: readonly NativeObject[];
  /** With all defaults filled in. */
  readonly meshConfig: MeshConfig;
  /** False when nobody wrote the mesh configuration and it is all defaults. */
  readonly meshConfigWritten: boolean;
  /** DNS domain of the services, `cluster.local`. */
  readonly domain: string;
  /** Names of objects that are there and could not be read, as `kind/namespace/name`. */
  readonly unreadable: ReadonlySet<string>;
  /** True when the world was read from a cluster and what is not in it does not exist. */
  readonly complete: boolean;
  /** The time of the analysis, milliseconds since 1970. */
  readonly now: number;
  /** The line of a path in the file of an object; 0 when unknown. */
  readonly lineOf: (object: AnalyzedObject, path: string) => number;
};
