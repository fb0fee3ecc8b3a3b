import { describe, expect, it } from 'vitest';
import { isCidr, isIp, parseCidr, parseIp, rangeContains } from './ip.ts';

describe('addresses', () => {
  it.each([
    '0.0.0.0',
    '127.20.1.4',
    '255.255.255.255',
    '::',
    '::1',
    '1::',
    'fe80::1:2',
    '1:2:3:4:5:6:7:8',
    '::ffff:10.0.0.1',
  ])('accepts %s', (text) => expect(isIp(text)).toBe(true));

  it.each([
    '',
    '1.2.3',
    '1.2.3.4.5',
    '256.1.1.1',
    '01.2.3.4',
    '1.2.3.4/8',
    ':',
    ':::',
    '1:2',
    '1::2::3',
    'g::',
    '1:2:3:4:5:6:7:8:9',
    '1.2.3.4::',
    '::12345',
  ])('refuses %j', (text) => expect(isIp(text)).toBe(false));
});

describe('ranges', () => {
  it.each(['10.0.0.0/8', '0.0.0.0/0', '10.1.2.3/32', '::/0', 'fe80::/10', '::1/128'])('accepts %s', (text) =>
    expect(isCidr(text)).toBe(true),
  );

  it.each(['10.0.0.0', '10.0.0.0/33', '10.0.0.0/-1', '10.0.0.0/08', '::/129', '/8', '10.0.0.0/'])(
    'refuses %j',
    (text) => expect(isCidr(text)).toBe(false),
  );

  it.each([
    ['10.0.0.0/8', '10.255.0.1', true],
    ['10.0.0.0/8', '11.0.0.1', false],
    ['10.0.0.0/9', '10.128.0.0', false],
    ['0.0.0.0/0', '1.2.3.4', true],
    ['0.0.0.0/0', '::1', false],
    ['fe80::/10', 'febf::1', true],
    ['fe80::/10', 'fec0::1', false],
  ])('%s contains %s: %j', (range, address, expected) => {
    const parsedRange = parseCidr(range);
    const parsedAddress = parseIp(address);
    expect(parsedRange && parsedAddress && rangeContains(parsedRange, parsedAddress)).toBe(expected);
  });
});
