import type { Log, LogFields } from './log.ts';

export type LogLine = {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields: LogFields;
};

/** A log for tests that keeps its lines. */
export type MemoryLog = Log & { readonly lines: readonly LogLine[] };

/** A log that keeps its lines; children write into the same list. */
export function createMemoryLog(fields: LogFields = {}, lines: LogLine[] = []): MemoryLog {
  const method =
    (level: LogLine['level']) =>
    (first: string | LogFields, message = '') => {
      if (typeof first === 'string') lines.push({ level, message: first, fields });
      else lines.push({ level, message, fields: { ...fields, ...first } });
    };
  return {
    lines,
    debug: method('debug'),
    info: method('info'),
    warn: method('warn'),
    error: method('error'),
    child: (more) => createMemoryLog({ ...fields, ...more }, lines),
  };
}
