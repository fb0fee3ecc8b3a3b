import { expect, it } from 'vitest';
import { parseDocuments } from '../decode/documents.ts';
import { forgottenHosts } from './delegates.ts';

const route = 'http: [{route: [{destination: {host: reviews}}]}]';
const service = (name: string, spec: string): string =>
  `apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: ${name}, namespace: shop}\nspec: {${spec}}\n`;
const delegating = (to: string): string =>
  service('root', `hosts: [a.com], gateways: [g], http: [{match: [{uri: {prefix: /}}], delegate: ${to}}]`);

it.each([
  ['alone', [service('kid', route)], ['kid']],
  ['with a host', [service('kid', `hosts: [a.com], ${route}`)], []],
  ['delegated to', [delegating('{name: kid}'), service('kid', route)], []],
  ['delegated to by namespace', [delegating('{name: kid, namespace: shop}'), service('kid', route)], []],
  ['another one is meant', [delegating('{name: kid, namespace: other}'), service('kid', route)], ['kid']],
])('a virtual service without a host, %s', (_, documents, expected) => {
  const { objects } = parseDocuments(documents.join('---\n'), { file: 'a.yaml' });
  expect(forgottenHosts(objects).map(({ object }) => object.name)).toEqual(expected);
});
