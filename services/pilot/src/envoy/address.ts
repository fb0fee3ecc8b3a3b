import { create } from '@bufbuild/protobuf';
import {
  type Address,
  AddressSchema,
  type CidrRange,
  CidrRangeSchema,
} from '@quintet/proto/envoy/config/core/v3/address_pb.js';

/** A TCP address. */
export function socketAddress(address: string, port: number): Address {
  return create(AddressSchema, {
    address: { case: 'socketAddress', value: { address, portSpecifier: { case: 'portValue', value: port } } },
  });
}

/** A Unix domain socket. */
export function pipeAddress(path: string): Address {
  return create(AddressSchema, { address: { case: 'pipe', value: { path } } });
}

/** `10.0.0.0/8`, `10.1.2.3` (one address) or the IPv6 forms of them. */
export function cidrRange(range: string): CidrRange {
  const [address = '', length] = range.split('/');
  const whole = address.includes(':') ? 128 : 32;
  return create(CidrRangeSchema, {
    addressPrefix: address,
    prefixLen: length === undefined ? whole : Number(length),
  });
}
