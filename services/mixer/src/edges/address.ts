import type { Address } from '@quintet/proto/envoy/config/core/v3/address_pb.js';

/** The IP address of an Envoy address; undefined for pipes and names. */
export function ipOf(address: Address | undefined): string | undefined {
  return address?.address.case === 'socketAddress' ? address.address.value.address : undefined;
}

/** The port of an Envoy address; undefined for pipes. */
export function portOf(address: Address | undefined): bigint | undefined {
  if (address?.address.case !== 'socketAddress') return undefined;
  const { portSpecifier } = address.address.value;
  return portSpecifier.case === 'portValue' ? BigInt(portSpecifier.value) : undefined;
}
