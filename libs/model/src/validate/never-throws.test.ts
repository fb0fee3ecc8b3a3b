import { isMessage } from '@bufbuild/protobuf';
import { envoyRegistry } from '@quintet/proto/envoy-registry';
import {
  type EnvoyFilter,
  EnvoyFilterSchema,
} from '@quintet/proto/istio/networking/v1alpha3/envoy_filter_pb.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeConfigObject } from '../config-object-make.ts';
import { KINDS } from '../kinds/kinds.ts';
import { ENVOY_FILTER } from '../kinds/networking.ts';
import { anyMessage } from '../testing-messages.ts';
import { createEnvoyValueCheck } from './envoy-value.ts';

/** Texts that mean something in one place or another, and those that mean nothing anywhere. */
const text = fc.oneof(
  fc.constantFrom(
    ...[
      '',
      '*',
      '.',
      '~',
      '/',
      ':',
      '-',
      '*.',
      '*/',
      '/*',
      './*',
      '~/*',
      'a',
      'A',
      'a.b',
      'a.b.',
      '*.a.b',
      '*a.b',
    ],
    ...['1', '80', '0', '65536', '1.2.3.4', '::1', '[::1]:80', '10.0.0.0/8', '10.0.0.0/33', '1.2.3.4:80'],
    ...[
      'HTTP',
      'HTTPS',
      'TLS',
      'TCP',
      'UDP',
      'mesh',
      'default',
      'unix:///a',
      'unix://@a',
      'unix:',
      '127.0.0.1:80',
    ],
    ...[
      'http://a',
      'https://',
      '{"keys":[{}]}',
      '{',
      'null',
      '(',
      'a+',
      '5xx,1',
      ':path',
      'host',
      '{*}',
      '$(A):1',
    ],
    ...['source.ip', 'request.headers[a]', 'request.auth.claims[a][b]', 'destination.port', 'constructor'],
    ...['envoy.lua', 'envoy.filters.network.http_connection_manager', '@type', '\u0000', 'ünï.cöde', '🦊'],
  ),
  fc.string({ unit: 'grapheme', maxLength: 8 }),
);

const envoyFindings = createEnvoyValueCheck(envoyRegistry);

describe('the checks of every kind take every message, and say the same of it every time', () => {
  it.each(KINDS.map((row) => [row.kind, row] as const))('%s', (_, row) => {
    fc.assert(
      fc.property(anyMessage(row.schema, { depth: 5, text }), text, (spec, name) => {
        const object = makeConfigObject({ kind: row, namespace: 'shop', name, spec });
        const findings = row.validate(object);
        expect(row.validate(object)).toEqual(findings);
        for (const { path, message } of findings) {
          expect(typeof path).toBe('string');
          expect(message).not.toMatch(/undefined|NaN|\[object/);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('the values of EnvoyFilters', () => {
    fc.assert(
      fc.property(anyMessage(EnvoyFilterSchema, { depth: 5, text }), (message) => {
        const spec = asEnvoyFilter(message);
        const object = makeConfigObject({ kind: ENVOY_FILTER, namespace: 'shop', name: 'a', spec });
        expect(envoyFindings(object)).toEqual(envoyFindings(object));
      }),
      { numRuns: 200 },
    );
  });
});

function asEnvoyFilter(message: { readonly $typeName: string }): EnvoyFilter {
  if (!isMessage(message, EnvoyFilterSchema)) throw new TypeError(message.$typeName);
  return message;
}
