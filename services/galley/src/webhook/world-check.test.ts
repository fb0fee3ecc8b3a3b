import { type ConfigObject, checkJsonObject } from '@quintet/model';
import { createManualClock } from '@quintet/testkit';
import { describe, expect, it } from 'vitest';
import { createWorldCheck } from './world-check.ts';

function rule(host: string): ConfigObject {
  const object = checkJsonObject(
    {
      apiVersion: 'networking.istio.io/v1',
      kind: 'DestinationRule',
      metadata: { name: host },
      spec: { host },
    },
    { file: '' },
  )?.object;
  if (object === undefined) throw new Error('no object');
  return object;
}

/** A rule for `b` needs one for `a`. */
function start() {
  const clock = createManualClock();
  const objects: ConfigObject[] = [];
  let made = 0;
  const world = createWorldCheck({
    concerns: ({ name }) => name !== 'z',
    objects: () => objects,
    make(all) {
      made += 1;
      return new Set([...all].map(({ name }) => name));
    },
    check: (names, { name }) =>
      name === 'b' && !names.has('a') ? [{ path: 'spec.host', message: 'refers to nothing' }] : [],
    clock,
  });
  return { clock, objects, made: () => made, ...world };
}

describe('a check against the whole configuration', () => {
  it('looks at it once between two changes, and only when it is concerned', () => {
    const { check, changed, objects, made } = start();
    check(rule('z'));
    expect(made()).toBe(0);
    expect([check(rule('b')).length, check(rule('b')).length, made()]).toEqual([1, 1, 1]);
    objects.push(rule('a'));
    changed();
    expect([check(rule('b')).length, made()]).toEqual([0, 2]);
  });

  it('knows what was found right a moment ago, for a while', async () => {
    const { check, clock, changed } = start();
    expect(check(rule('b'))).toHaveLength(1);
    expect(check(rule('a'))).toEqual([]);
    expect(check(rule('b'))).toEqual([]);
    await clock.advance(10_001);
    changed();
    expect(check(rule('b'))).toHaveLength(1);
  });

  it('forgets what was only tried', () => {
    const { check } = start();
    expect(check(rule('a'), { isDryRun: true })).toEqual([]);
    expect(check(rule('b'))).toHaveLength(1);
  });
});
