import { describe, expect, it } from 'vitest';
import { readMeshFile } from './read-mesh-file.ts';

const SERVICE = 'services: [{name: a, selector: {app: a}, ports: [{name: http, number: 80}]}]';
const WORKLOAD =
  'workloads: [{name: a-v1, labels: {app: a}, command: [run], ports: [{name: http, number: 80}]}]';

function problemsOf(text: string): readonly string[] {
  const read = readMeshFile(text);
  return read.ok ? [] : read.problems;
}

describe('readMeshFile', () => {
  it('fills in defaults', () => {
    expect(readMeshFile(`${SERVICE}\n${WORKLOAD}`)).toEqual({
      ok: true,
      mesh: {
        domain: 'cluster.local',
        trustDomain: 'cluster.local',
        page: '',
        services: [
          { name: 'a', namespace: 'default', selector: { app: 'a' }, ports: [{ name: 'http', number: 80 }] },
        ],
        workloads: [
          {
            kind: 'application',
            name: 'a-v1',
            namespace: 'default',
            serviceAccount: 'default',
            labels: { app: 'a' },
            ports: [{ name: 'http', number: 80 }],
            command: ['run'],
            env: {},
          },
        ],
        without: [],
        flags: {},
      },
    });
  });

  it.each([
    ['a: [', [/^Flow sequence in block collection must be .* at line 1/]],
    ['- a', [/^document: expected a mapping, found a list$/]],
    [
      'workload: []',
      [
        /^workload: unknown field \(known here: domain, flags, page, services, trustDomain, without, workloads\)$/,
      ],
    ],
    ['without: [pilot]', [/^without\[0\]: expected one of mixer, injector, found "pilot"$/]],
    ['services: {a: 1}', [/^services: expected a list, found a mapping$/]],
    ['flags: {pilot: x}', [/^flags.pilot: expected a list, found the string "x"$/]],
    [
      'services: [{name: A_b, selector: {}, ports: [{name: http, number: 0, target: 1}]}]',
      [
        /^services\[0\].name: "A_b" is not a DNS label/,
        /^services\[0\].ports\[0\].number: expected a whole number from 1 to 65535, found 0$/,
        /^services\[0\].ports\[0\].target: unknown field \(known here: name, number\)$/,
        /^services\[0\].selector: expected at least one label$/,
      ],
    ],
    [
      'workloads: [{kind: pod, labels: [a]}]',
      [
        /^workloads\[0\].kind: expected one of application, gateway, found "pod"$/,
        /^workloads\[0\].name: is missing$/,
        /^workloads\[0\].labels: expected a mapping, found a list$/,
        /^workloads\[0\].command: expected the program to run and its arguments$/,
      ],
    ],
    [
      'workloads: [{kind: gateway, name: g, command: [x]}]',
      [/^workloads\[0\].command: a gateway runs no program/],
    ],
    [
      `workloads: [{name: a, command: ["\${nod}"], env: {A: "\${x}"}}]`,
      [
        /^workloads\[0\].command: nothing is known as "nod" \(known: node,/,
        /^workloads\[0\].env: nothing is known as "x"/,
      ],
    ],
    ['page: home', [/^page: expected a path such as \/home, found "home"$/, /^page: there is no gateway/]],
    [SERVICE, [/^services\[0\].selector: no workload has these labels$/]],
    [`${SERVICE.replace('80', '81')}\n${WORKLOAD}`, [/^services\[0\].ports: workload a-v1 has no port 81$/]],
    [
      `services: [{name: a, selector: {app: a}, ports: [{name: tcp, number: 80}]}, {name: b, selector: {app: a}, ports: [{name: http, number: 80}]}]\n${WORKLOAD}`,
      [/^services\[1\].ports\[0\].number: 80 is taken by service a; only HTTP services can share a port$/],
    ],
    [
      'workloads: [{name: a, command: [x]}, {name: a, command: [x]}]',
      [/^workloads\[1\].name: "a" is there already in namespace default$/],
    ],
  ])('says what is wrong with %s', (text, expected) => {
    const problems = problemsOf(text);
    expect(problems).toHaveLength(expected.length);
    for (const [index, pattern] of expected.entries()) expect(problems[index]).toMatch(pattern);
  });
});
