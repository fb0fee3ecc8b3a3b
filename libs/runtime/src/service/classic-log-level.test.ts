import { expect, it } from 'vitest';
import { classicLogLevel } from './classic-log-level.ts';

it.each([
  ['debug', 'debug'],
  ['default:warn', 'warn'],
  ['ads:debug,default:none', 'none'],
  ['all:error', 'error'],
  ['ads:debug', 'info'],
  ['fatal', 'error'],
  ['loud', 'loud'],
  ['default:', 'default:'],
  ['', ''],
])('%j is the level %j', (text, level) => {
  expect(classicLogLevel(text)).toBe(level);
});
