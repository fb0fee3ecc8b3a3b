import { type DescMessage, isMessage, type Message, type MessageShape } from '@bufbuild/protobuf';
import type { Finding } from '@quintet/model';

/** An adapter as far as its handlers are checked against it. */
export type MixerAdapter = {
  readonly name: string;
  /** Names of the templates that it takes. */
  readonly templates: readonly string[];
  /** Message of its parameters; absent where nothing is known of them. */
  readonly params?: DescMessage;
  /** Checks parameters of that message beyond their types; paths begin at the parameters: `quotas[0].name`. */
  readonly problems: (params: Message) => readonly Finding[];
};

type AdapterDefinition<Desc extends DescMessage> = {
  readonly name: string;
  readonly templates: readonly string[];
  readonly params: Desc;
  readonly problems?: (params: MessageShape<Desc>) => readonly Finding[];
};

/** Makes a row whose check is written against the message of its parameters. */
export function defineAdapter<Desc extends DescMessage>(definition: AdapterDefinition<Desc>): MixerAdapter {
  const { params, problems } = definition;
  return {
    ...definition,
    problems: (message) => {
      if (!isMessage(message, params))
        throw new TypeError(`${definition.name} has parameters of another type`);
      return problems?.(message) ?? [];
    },
  };
}
