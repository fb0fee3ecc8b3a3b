import type { EndpointPort, EndpointTarget, NativeEndpointSlice, NativeEndpoints } from '@quintet/model';

/** An address behind a service, as a slice or Endpoints have it. */
export type BackendAddress = {
  readonly address: string;
  readonly ready: boolean;
  /** Empty when not given. */
  readonly nodeName: string;
  readonly target?: EndpointTarget;
};

/** Addresses that serve the same ports. */
export type BackendGroup = {
  readonly addresses: readonly BackendAddress[];
  readonly ports: readonly EndpointPort[];
};

/** The addresses of a slice or of Endpoints, in groups of the same ports. */
export function backendGroups(object: NativeEndpointSlice | NativeEndpoints): readonly BackendGroup[] {
  return object.kind === 'EndpointSlice' ? [sliceGroup(object)] : subsetGroups(object);
}

function sliceGroup({ spec }: NativeEndpointSlice): BackendGroup {
  const addresses = spec.endpoints.flatMap(({ addresses: [address], ready, nodeName, target }) =>
    address === undefined ? [] : [{ address, ready, nodeName, ...(target && { target }) }],
  );
  return { addresses, ports: spec.ports };
}

function subsetGroups({ spec }: NativeEndpoints): BackendGroup[] {
  return spec.subsets.map(({ addresses, notReadyAddresses, ports }) => {
    const read = (ready: boolean) => (each: (typeof addresses)[number]) => {
      const { ip, nodeName, target } = each;
      return { address: ip, ready, nodeName, ...(target && { target }) };
    };
    return { addresses: [...addresses.map(read(true)), ...notReadyAddresses.map(read(false))], ports };
  });
}
