import type { DescMessage, MessageShape, Registry } from '@bufbuild/protobuf';
import { packResource, typeUrlOf, type WireResource } from '@quintet/xds';
import { createReferenceFinder } from './references.ts';
import type { Fault } from './rules/fault.ts';
import { createValidator } from './rules/validate.ts';

/** A resource as it goes over the wire, with what Envoy would find wrong with it. */
export type Pressed = { readonly resource: WireResource; readonly faults: readonly Fault[] };

export type PressOptions<Desc extends DescMessage> = {
  readonly schema: Desc;
  readonly message: MessageShape<Desc>;
  readonly name: string;
  /** The version of the cluster, for its endpoints. */
  readonly mix?: string;
};

/** Makes wire resources, each content once. */
export type Press = {
  readonly press: <Desc extends DescMessage>(options: PressOptions<Desc>) => Pressed;
  /** A new revision begins: what is not pressed again until the one after it is forgotten. */
  readonly turn: () => void;
};

/**
 * Encodes, checks and reads the references of each resource once: equal content, for whichever proxy, gives the
 * same object, and its bytes are there once.
 */
export function createPress(registry: Registry): Press {
  const validator = createValidator(registry);
  const references = createReferenceFinder(registry);
  let current = new Map<string, Pressed>();
  let before = new Map<string, Pressed>();
  return {
    press({ schema, message, name, mix }) {
      const packed = packResource({ schema, message, name, ...(mix === undefined ? {} : { mix }) });
      const key = `${typeUrlOf(schema)} ${name} ${packed.version}`;
      const known = current.get(key) ?? before.get(key);
      const pressed = known ?? {
        resource: { ...packed, needs: references(schema, message) },
        faults: validator.validate(schema, message),
      };
      current.set(key, pressed);
      return pressed;
    },
    turn() {
      before = current;
      current = new Map();
    },
  };
}
