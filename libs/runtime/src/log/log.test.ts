import { describe, expect, it } from 'vitest';
import { errorText, MeshError } from '../errors/mesh-error.ts';
import { createLog, type LogLevel } from './log.ts';
import { createMemoryLog } from './memory-log.ts';

function capture(level: LogLevel = 'info') {
  const lines: Record<string, unknown>[] = [];
  const destination = { write: (text: string) => void lines.push(JSON.parse(text)) };
  return { lines, log: createLog({ level, fields: { service: 'demo' }, destination }) };
}

describe('a log', () => {
  it('writes an object a line with level, time, fields and message', () => {
    const { lines, log } = capture();
    log.child({ component: 'xds' }).info({ proxies: 2 }, 'pushed');
    expect(lines).toEqual([
      {
        level: 'info',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        service: 'demo',
        component: 'xds',
        proxies: 2,
        msg: 'pushed',
      },
    ]);
  });

  it('writes errors with their causes', () => {
    const { lines, log } = capture();
    const err = new MeshError('unavailable', 'no citadel', { cause: new Error('refused') });
    log.error({ err }, 'no certificate');
    expect(lines[0]?.err).toMatchObject({
      message: 'no citadel',
      code: 'unavailable',
      cause: { message: 'refused' },
    });
  });

  it('hides secrets', () => {
    const { lines, log } = capture();
    log.info({ token: 'a', request: { authorization: 'b', password: 'c' }, privateKey: 'd' }, 'x');
    expect(JSON.stringify(lines)).not.toMatch(/"[abcd]"/);
  });

  it.each<[LogLevel, number]>([
    ['debug', 4],
    ['warn', 2],
    ['none', 0],
  ])('of level %s writes %d of four lines', (level, count) => {
    const { lines, log } = capture(level);
    for (const method of ['debug', 'info', 'warn', 'error'] as const) log[method]('x');
    expect(lines).toHaveLength(count);
  });

  it('in memory keeps its lines, those of children too', () => {
    const log = createMemoryLog({ a: 1 });
    log.child({ b: 2 }).warn({ c: 3 }, 'careful');
    expect(log.lines).toEqual([{ level: 'warn', message: 'careful', fields: { a: 1, b: 2, c: 3 } }]);
  });
});

describe('the text of an error', () => {
  it.each<[unknown, string]>([
    [new Error('a', { cause: new Error('b', { cause: 'c' }) }), 'a: b: c'],
    [new Error('cannot read x: ENOENT', { cause: new Error('ENOENT') }), 'cannot read x: ENOENT'],
    ['text', 'text'],
    [new TypeError(''), 'TypeError'],
  ])('%j is %s', (error, text) => {
    expect(errorText(error)).toBe(text);
  });
});
