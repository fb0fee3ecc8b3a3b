import type { DescMessage, Message, MessageShape, Registry } from '@bufbuild/protobuf';
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

/** What came of a message, so that the same one need not be encoded to be known again. */
type Kept = { readonly key: string; readonly mix: string | undefined; readonly pressed: Pressed };

/**
 * Encodes, checks and reads the references of each resource once: equal content, for whichever proxy, gives the
 * same object, and its bytes are there once. A message must not be changed any more once it was pressed.
 */
export function createPress(registry: Registry): Press {
  const validator = createValidator(registry);
  const references = createReferenceFinder(registry);
  const byMessage = new WeakMap<Message, Kept>();
  let current = new Map<string, Pressed>();
  let before = new Map<string, Pressed>();
  const make = <Desc extends DescMessage>({ schema, message, name, mix }: PressOptions<Desc>): Kept => {
    const packed = packResource({ schema, message, name, ...(mix === undefined ? {} : { mix }) });
    const key = `${typeUrlOf(schema)} ${name} ${packed.version}`;
    const known = current.get(key) ?? before.get(key);
    const pressed = known ?? {
      resource: { ...packed, needs: references(schema, message) },
      faults: validator.validate(schema, message),
    };
    return { key, mix, pressed };
  };
  return {
    press(options) {
      const { message, name, mix } = options;
      const known = byMessage.get(message);
      const isSame = known !== undefined && known.mix === mix && known.pressed.resource.name === name;
      const kept = isSame ? known : make(options);
      byMessage.set(message, kept);
      current.set(kept.key, kept.pressed);
      return kept.pressed;
    },
    turn() {
      before = current;
      current = new Map();
    },
  };
}
