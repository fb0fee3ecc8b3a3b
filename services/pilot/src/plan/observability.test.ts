import { meshConfigWithDefaults } from '@quintet/model';
import { describe, expect, it } from 'vitest';
import { meshSettings } from '../snapshot/mesh-settings.ts';
import { observability } from './observability.ts';

type Written = Parameters<typeof meshConfigWithDefaults>[0];
const format = (written: Written) =>
  observability(meshSettings(meshConfigWithDefaults(written))).accessLog?.format;

describe('the access log of a mesh', () => {
  it('is the classic line', () => {
    const line = format({});
    expect(line?.kind === 'text' && line.text).toMatch(
      /^\[%START_TIME%\] "%REQ\(:METHOD\)% .* %ROUTE_NAME%\n$/,
    );
  });

  it.each<[string, Written, object]>([
    ['a line of its own', { accessLogFormat: '%PROTOCOL%\n' }, { kind: 'text', text: '%PROTOCOL%\n' }],
    ['the classic keys', { accessLogEncoding: 1 }, { kind: 'json', fields: { route_name: '%ROUTE_NAME%' } }],
    [
      'keys of its own',
      { accessLogEncoding: 1, accessLogFormat: '{"a": "%PROTOCOL%"}' },
      { kind: 'json', fields: { a: '%PROTOCOL%' } },
    ],
    [
      'the classic keys where its own cannot be read',
      { accessLogEncoding: 1, accessLogFormat: '[1' },
      { kind: 'json', fields: { route_name: '%ROUTE_NAME%' } },
    ],
  ])('has %s', (_, written, expected) => expect(format(written)).toMatchObject(expected));

  it('is none without a file', () => expect(format({ accessLogFile: '' })).toBeUndefined());
});
