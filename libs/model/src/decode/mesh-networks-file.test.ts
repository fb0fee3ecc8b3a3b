import { describe, expect, it } from 'vitest';
import { parseMeshNetworks } from './mesh-networks-file.ts';

const parse = (text: string) => parseMeshNetworks(text, { file: 'networks.yaml' });

describe('parseMeshNetworks', () => {
  it('reads networks with their endpoints and gateways', () => {
    const { object } = parse(`networks:
  east:
    endpoints:
    - fromRegistry: cluster-east
    - fromCidr: 10.0.0.0/8
    gateways:
    - address: 192.0.2.1
      port: 15443
`);
    expect(object).toMatchObject({
      collection: 'istio/mesh/v1alpha1/MeshNetworks',
      namespace: 'istio-system',
      name: 'meshnetworks',
      spec: {
        networks: {
          east: {
            endpoints: [
              { ne: { case: 'fromRegistry', value: 'cluster-east' } },
              { ne: { case: 'fromCidr', value: '10.0.0.0/8' } },
            ],
            gateways: [{ gw: { case: 'address', value: '192.0.2.1' }, port: 15443 }],
          },
        },
      },
    });
  });

  it('takes an empty file for a mesh of one network', () => {
    expect(parse('').object?.spec.networks).toEqual({});
  });

  it('says nothing of networks where there are none, as charts write them', () => {
    expect(parse('networks: {}\n').issues).toEqual([]);
  });

  it.each([
    ['networks:\n  east: {endpoint: []}\n', 2, 'IST0106', 'networks.east.endpoint'],
    [
      'networks:\n  east:\n    gateways: [{address: 192.0.2.1}]\n',
      3,
      'IST0106',
      'networks.east.gateways[0].port',
    ],
    ['networks: {}\n---\nnetworks: {}\n', 3, 'QTT1001', ''],
  ])('reports %j', (text, line, code, path) => {
    const { object, issues } = parse(text);
    expect(object).toBeUndefined();
    expect(issues).toContainEqual(
      expect.objectContaining({ code, path, origin: { file: 'networks.yaml', line } }),
    );
  });
});
