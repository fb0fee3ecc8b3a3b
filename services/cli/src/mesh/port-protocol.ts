import { type Protocol, protocolOfPortName } from '@quintet/model';
import type { PortSpec } from './mesh-spec.ts';

/** The protocol of a port by its name; without traffic capture nothing is guessed, so an unknown one is TCP. */
export function portProtocol({ name, number }: PortSpec): Protocol {
  const protocol = protocolOfPortName(name, number);
  return protocol === 'unknown' ? 'tcp' : protocol;
}
