import type { Options } from '@quintet/runtime';

/** Flags of writing the status of objects. */
export const STATUS_OPTIONS = {
  writeStatus: {
    type: 'bool',
    flag: 'write-status',
    default: true,
    description:
      'write into the status of objects of Kubernetes whether they are right and how many proxies have them',
  },
  statusWritesPerSecond: {
    type: 'int',
    flag: 'status-writes-per-second',
    default: 20,
    min: 1,
    max: 10_000,
    description: 'most writes of status in a second; five times as many at once',
  },
} as const satisfies Options;
