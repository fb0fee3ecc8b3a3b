import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ROOT } from './engine.ts';

const read = (path: string) => parse(readFileSync(join(ROOT, path), 'utf8'), { merge: true });

type Service = {
  readonly image: string;
  readonly build?: { readonly args: { readonly SERVICE: string } };
  readonly healthcheck?: unknown;
  readonly environment?: Readonly<Record<string, string>>;
  readonly networks?: { readonly mesh: { readonly ipv4_address: string } };
  readonly network_mode?: string;
  readonly command?: readonly string[];
  readonly volumes: readonly string[];
};
type Workload = {
  readonly kind?: string;
  readonly name: string;
  readonly namespace?: string;
  readonly command?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
};

const compose: { services: Record<string, Service>; volumes: Record<string, null> } =
  read('docker-compose.yml');
const mesh: { workloads: readonly Workload[] } = read('deploy/local/config/mesh.yaml');
const services = Object.entries(compose.services);
const network = (last: string) => ['$', '{QUINTET_NETWORK:-172.28}', last].join('');

describe('docker-compose.yml', () => {
  it.each(services)('%s says whether it is healthy', (_, service) => {
    expect(service.healthcheck).toBeDefined();
  });

  it.each(mesh.workloads.map((workload, index) => [workload.name, workload, index + 1] as const))(
    'runs %s as mesh.yaml describes it',
    (name, workload, number) => {
      const gateway = workload.kind === 'gateway';
      const envoy = compose.services[gateway ? name : `${name}-envoy`];
      const id = `${name}.${workload.namespace ?? 'default'}`;
      expect(envoy).toMatchObject({
        image: 'envoyproxy/envoy:v1.40.0',
        environment: { WORKLOAD: id, CHECK_ADDRESS: network(`.1.${number}`) },
        networks: { mesh: { ipv4_address: network(`.1.${number}`) } },
      });
      expect(envoy?.volumes).toContain(`${name}:/mesh/${id}:ro`);
      expect(compose.services.issuer?.volumes).toContain(`${name}:/mesh/${id}`);
      if (gateway) return;
      const program = workload.command?.[1]?.replace('$'.concat('{samples}'), '/samples');
      expect(compose.services[name]).toMatchObject({
        network_mode: `service:${name}-envoy`,
        command: ['node', program],
        environment: { OUTBOUND_ADDRESS: '127.0.0.2', ...workload.env },
      });
    },
  );

  it('gives each container the volumes of no other, but for those that all share', () => {
    const shared = new Set(['system', 'agent']);
    const users = new Map<string, string[]>();
    for (const [name, { volumes = [] }] of services.filter(([one]) => one !== 'issuer')) {
      for (const volume of volumes.map((one) => one.split(':')[0] ?? '')) {
        if (volume in compose.volumes) users.set(volume, [...(users.get(volume) ?? []), name]);
      }
    }
    expect([...users].filter(([volume, names]) => names.length > 1 && !shared.has(volume))).toEqual([]);
    expect(users.get('issuer')).toBeUndefined();
  });

  it('builds every service of ours from the one Dockerfile', () => {
    const built = services.filter(([, { image }]) => image.startsWith('quintet/'));
    expect(built.map(([, { build, image }]) => image === `quintet/${build?.args.SERVICE}:0.1.0`)).toEqual(
      built.map(() => true),
    );
    expect(built.map(([name]) => name).sort()).toEqual(
      ['citadel', 'galley', 'injector', 'issuer', 'mixer', 'nodeagent', 'pilot'].sort(),
    );
  });
});
