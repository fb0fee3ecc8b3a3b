import { describe, expect, it } from 'vitest';
import { parseAccessList } from './access-list.ts';

const pilot = 'spiffe://cluster.local/ns/istio-system/sa/pilot';
const other = 'spiffe://cluster.local/ns/default/sa/other';

describe('parseAccessList', () => {
  it('allows those on the list', () => {
    const list = parseAccessList(`allowed: [${pilot}]`, 'f');
    expect([list.allows(pilot), list.allows(other)]).toEqual([true, false]);
  });

  it('allows all but those on a black list', () => {
    const list = parseAccessList(`isBlackList: true\nallowed:\n- ${other}`, 'f');
    expect([list.allows(pilot), list.allows(other)]).toEqual([true, false]);
  });

  it.each([
    ['', 'f: expected "allowed" to be a list'],
    ['allowed: x', 'f: expected "allowed" to be a list'],
    ['allowed: [1]', 'f: expected "allowed" to be a list'],
    ['allowed: []\nisBlacklist: true', 'f: unknown field "isBlacklist"'],
    ['allowed: []\nisBlackList: 1', 'f: expected "isBlackList"'],
    ['allowed: [', 'f: '],
  ])('refuses %j', (text, message) => {
    expect(() => parseAccessList(text, 'f')).toThrow(message);
  });
});
