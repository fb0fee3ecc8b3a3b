import { open } from 'node:fs/promises';

const TAIL_BYTES = 4096;
const LONGEST = 300;

/** The head of a stack trace, which stands above many lines that say less. */
const ERROR = /^[A-Za-z]*Error(?: \[\w+\])?: /;

/** The last thing a program said in its log file, as one line; empty when it said nothing. */
export async function lastWords(log: string): Promise<string> {
  const lines = (await tailOf(log).catch(() => '')).trimEnd().split('\n');
  const afterLog = lines.slice(lines.findLastIndex((line) => line.startsWith('{')) + 1);
  const line = afterLog.findLast((one) => ERROR.test(one)) ?? lines.at(-1) ?? '';
  const message = messageOf(line) ?? line;
  return message.length > LONGEST ? `${message.slice(0, LONGEST)}…` : message;
}

async function tailOf(path: string): Promise<string> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const length = Math.min(size, TAIL_BYTES);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.subarray(0, bytesRead).toString('utf8');
  } finally {
    await file.close();
  }
}

/** The message of a structured log line; undefined when the line is none. */
function messageOf(line: string): string | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== 'object' || value === null || !('msg' in value)) return undefined;
    return String(value.msg);
  } catch {
    return undefined;
  }
}
