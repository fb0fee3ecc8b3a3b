import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import type { Finding, Labels } from '@quintet/model';
import { isJsonObject, kindOfJson, listAt, objectAt, own, textAt } from './json-shape.ts';

/** The parts of a pod that injection looks at, and the pod as it is. */
export type Pod = {
  readonly json: JsonObject;
  /** Empty while the API server has yet to make one of `generateName`. */
  readonly name: string;
  readonly generateName: string;
  readonly labels: Labels;
  readonly annotations: Readonly<Record<string, string>>;
  readonly hostNetwork: boolean;
  readonly initContainers: readonly PodContainer[];
  readonly containers: readonly PodContainer[];
  readonly volumeNames: readonly string[];
  /** What controls the pod: a ReplicaSet, a Job. */
  readonly controller?: PodController;
};

export type PodContainer = {
  readonly name: string;
  readonly json: JsonObject;
  readonly ports: readonly ContainerPort[];
  /** An init container that keeps running beside the application. */
  readonly sidecar: boolean;
};

export type ContainerPort = { readonly name: string; readonly number: number; readonly protocol: string };
export type PodController = { readonly apiVersion: string; readonly kind: string; readonly name: string };

/** A pod, or everything that is wrong with its shape. */
export type ReadPod =
  | { readonly ok: true; readonly pod: Pod }
  | { readonly ok: false; readonly findings: readonly Finding[] };

/**
 * Reads a pod of the API `v1`. The API server has checked pods that it sends; a file has not been checked by anybody,
 * so what injection touches is checked here.
 */
export function readPod(value: JsonValue | undefined): ReadPod {
  const findings: Finding[] = [];
  if (!isJsonObject(value)) return { ok: false, findings: [wrong('', 'a pod', value)] };
  const metadata = checkedObject(value, 'metadata', findings, '');
  const spec = checkedObject(value, 'spec', findings, '');
  if (own(value, 'spec') === undefined) findings.push(wrong('spec', 'an object', undefined));
  const controller = readController(metadata);
  const pod: Pod = {
    json: value,
    name: textAt(metadata, 'name'),
    generateName: textAt(metadata, 'generateName'),
    labels: textMap(metadata, 'labels', findings),
    annotations: textMap(metadata, 'annotations', findings),
    hostNetwork: own(spec, 'hostNetwork') === true,
    initContainers: containers(spec, 'initContainers', findings),
    containers: containers(spec, 'containers', findings),
    volumeNames: checkedList(spec, 'volumes', findings).map((volume) => textAt(volume, 'name')),
    ...(controller && { controller }),
  };
  return findings.length === 0 ? { ok: true, pod } : { ok: false, findings };
}

function containers(spec: JsonObject, key: string, findings: Finding[]): PodContainer[] {
  return checkedList(spec, key, findings).map((json, index) => {
    const name = textAt(json, 'name');
    if (name === '') findings.push(wrong(`spec.${key}[${index}].name`, 'a name', own(json, 'name')));
    const ports = listAt(json, 'ports').filter(isJsonObject).map(containerPort);
    return { name, json, ports, sidecar: own(json, 'restartPolicy') === 'Always' };
  });
}

function containerPort(port: JsonObject): ContainerPort {
  const number = own(port, 'containerPort');
  return {
    name: textAt(port, 'name'),
    number: typeof number === 'number' ? number : 0,
    protocol: textAt(port, 'protocol') || 'TCP',
  };
}

function readController(metadata: JsonObject): PodController | undefined {
  const owners = listAt(metadata, 'ownerReferences').filter(isJsonObject);
  const owner = owners.find((one) => own(one, 'controller') === true);
  if (owner === undefined) return undefined;
  const controller = {
    apiVersion: textAt(owner, 'apiVersion'),
    kind: textAt(owner, 'kind'),
    name: textAt(owner, 'name'),
  };
  return Object.values(controller).includes('') ? undefined : controller;
}

function checkedObject(parent: JsonObject, key: string, findings: Finding[], base: string): JsonObject {
  const value = own(parent, key) ?? undefined;
  if (value !== undefined && !isJsonObject(value)) findings.push(wrong(`${base}${key}`, 'an object', value));
  return objectAt(parent, key);
}

/** The objects of a list; an element that is none is a finding. */
function checkedList(spec: JsonObject, key: string, findings: Finding[]): JsonObject[] {
  const value = own(spec, key) ?? undefined;
  if (value !== undefined && !Array.isArray(value)) findings.push(wrong(`spec.${key}`, 'a list', value));
  const list = listAt(spec, key);
  for (const [index, element] of list.entries()) {
    if (!isJsonObject(element)) findings.push(wrong(`spec.${key}[${index}]`, 'an object', element));
  }
  return list.filter(isJsonObject);
}

function textMap(metadata: JsonObject, key: string, findings: Finding[]): Record<string, string> {
  const map = checkedObject(metadata, key, findings, 'metadata.');
  const entries = Object.entries(map).filter((entry): entry is [string, string] => {
    if (typeof entry[1] === 'string') return true;
    findings.push(wrong(`metadata.${key}["${entry[0]}"]`, 'a text', entry[1]));
    return false;
  });
  return Object.fromEntries(entries);
}

function wrong(path: string, expected: string, found: JsonValue | undefined): Finding {
  return { path, message: `expected ${expected}, found ${kindOfJson(found)}` };
}
