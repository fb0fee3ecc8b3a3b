import pino, { type DestinationStream } from 'pino';

export type LogFields = Readonly<Record<string, unknown>>;

type LogMethod = {
  (message: string): void;
  /** Fields are structured data; an error goes in under the key `err`. */
  (fields: LogFields, message: string): void;
};

/** Structured log of a component. Messages are constant texts; what varies goes into the fields. */
export type Log = {
  readonly debug: LogMethod;
  readonly info: LogMethod;
  readonly warn: LogMethod;
  readonly error: LogMethod;
  /** A log that adds these fields to every line. */
  child(fields: LogFields): Log;
};

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'none'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export type LogOptions = {
  readonly level: LogLevel;
  /** Fields of every line, e.g. the service's name. */
  readonly fields?: LogFields;
  /** Standard error unless given. */
  readonly destination?: DestinationStream;
};

/** Fields that may carry a secret are never written, however deep an object they come in. */
const SECRET_PATHS = [
  'token',
  'authorization',
  'privateKey',
  'password',
  '*.token',
  '*.authorization',
  '*.privateKey',
  '*.password',
];

/** A log that writes one JSON object a line: `level`, `time` (RFC 3339), the fields, `msg`. */
export function createLog(options: LogOptions): Log {
  const logger = pino(
    {
      level: options.level === 'none' ? 'silent' : options.level,
      base: options.fields ?? {},
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: SECRET_PATHS, censor: '(hidden)' },
      serializers: { err: pino.stdSerializers.errWithCause },
    },
    options.destination ?? standardError(),
  );
  return logger;
}

function standardError(): DestinationStream {
  // Synchronous, so that the last line before a crash is not lost.
  const destination = pino.destination({ fd: 2, sync: true });
  // Whoever read the log may go first; that must not keep a service from ending in order.
  destination.on('error', () => {});
  return destination;
}

const nothing: LogMethod = () => {};

/** A log that writes nothing. */
export const silentLog: Log = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  child: () => silentLog,
};
