import { clone, type DescField, equals, isMessage } from '@bufbuild/protobuf';
import { isReflectMessage, type ReflectMessage, reflect } from '@bufbuild/protobuf/reflect';
import { type MeshConfig, MeshConfigSchema } from '@quintet/proto/istio/mesh/v1alpha1/mesh_config_pb.js';
import { ProxyConfigSchema } from '@quintet/proto/istio/mesh/v1alpha1/proxy_config_pb.js';
import { meshConfigWithDefaults } from '../mesh-config.ts';

/**
 * A mesh configuration without what the defaults say anyway. The defaults stand in every mesh configuration, whether
 * somebody asked for them or not: a user is told of what differs from them.
 */
export function withoutDefaults(config: MeshConfig): MeshConfig {
  const copy = clone(MeshConfigSchema, config);
  const defaults = meshConfigWithDefaults();
  // Balancing by locality is on: to say so, as the classic charts do, asks for nothing else.
  if (copy.localityLbSetting?.enabled === true) delete copy.localityLbSetting.enabled;
  if (copy.defaultConfig !== undefined && defaults.defaultConfig !== undefined) {
    clearEqual(
      reflect(ProxyConfigSchema, copy.defaultConfig),
      reflect(ProxyConfigSchema, defaults.defaultConfig),
    );
  }
  clearEqual(reflect(MeshConfigSchema, copy), reflect(MeshConfigSchema, defaults));
  return copy;
}

function clearEqual(message: ReflectMessage, defaults: ReflectMessage): void {
  for (const field of message.fields) {
    if (message.isSet(field) && defaults.isSet(field) && sameValue(field, message, defaults))
      message.clear(field);
  }
}

function sameValue(field: DescField, a: ReflectMessage, b: ReflectMessage): boolean {
  if (field.fieldKind === 'list') {
    const [left, right] = [[...a.get(field)], [...b.get(field)]];
    return left.length === right.length && left.every((item, index) => item === right[index]);
  }
  const [left, right] = [a.get(field), b.get(field)];
  if (!isReflectMessage(left) || !isReflectMessage(right)) return left === right;
  return isMessage(right.message, left.desc) && equals(left.desc, left.message, right.message);
}
