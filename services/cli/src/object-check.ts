import { mixerObjectFindings } from '@quintet/expr';
import { type ConfigObject, createEnvoyValueCheck, type Finding } from '@quintet/model';

/** A check of single objects that needs more than the library of kinds knows. */
export type ObjectCheck = (object: ConfigObject) => readonly Finding[];

/**
 * The checks of mixer's expressions, and of what is patched into Envoy where there is such a thing: Envoy's messages
 * are many, and loaded only then.
 */
export async function objectCheck(patchesEnvoy: boolean): Promise<ObjectCheck> {
  if (!patchesEnvoy) return mixerObjectFindings;
  const { envoyRegistry } = await import('@quintet/proto/envoy-registry');
  const envoyFindings = createEnvoyValueCheck(envoyRegistry);
  return (object) => [...mixerObjectFindings(object), ...envoyFindings(object)];
}
