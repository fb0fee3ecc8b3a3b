import type { Registry } from '@bufbuild/protobuf';
import { mixerObjectFindings } from '@quintet/expr';
import { type ConfigObject, createEnvoyValueCheck, ENVOY_FILTER, type Finding } from '@quintet/model';

/** A check of single objects that needs more than the library of kinds knows. */
export type ObjectCheck = (object: ConfigObject) => readonly Finding[];

/** The check of what EnvoyFilters put into proxies; `load` is called when there is the first one. */
export function createEnvoyFilterCheck(load: () => Registry): ObjectCheck {
  let check: ObjectCheck | undefined;
  return (object) => {
    if (object.kind !== ENVOY_FILTER.kind) return [];
    check ??= createEnvoyValueCheck(load());
    return check(object);
  };
}

/** What every source checks besides the rules of the kinds: mixer's objects, and what EnvoyFilters put into proxies. */
export function createObjectCheck(envoyFilterFindings: ObjectCheck): ObjectCheck {
  return (object) => [...mixerObjectFindings(object), ...envoyFilterFindings(object)];
}
