import type { Schema } from './schema.ts';

const TEXT: Schema = { type: 'string' };
const COUNT: Schema = { type: 'integer', format: 'int64', minimum: 0 };
const open = (properties: Readonly<Record<string, Schema>>): Schema => {
  return { type: 'object', 'x-kubernetes-preserve-unknown-fields': true, properties };
};

/** What galley writes back: whether the object is valid, what is wrong, and how many proxies have it. */
export const STATUS_SCHEMA: Schema = {
  ...open({
    conditions: {
      type: 'array',
      items: open({
        type: TEXT,
        status: TEXT,
        reason: TEXT,
        message: TEXT,
        lastTransitionTime: { type: 'string', format: 'date-time' },
        lastProbeTime: { type: 'string', format: 'date-time', nullable: true },
        observedGeneration: COUNT,
      }),
    },
    validationMessages: {
      type: 'array',
      items: open({
        type: open({ name: TEXT, code: TEXT }),
        level: TEXT,
        path: TEXT,
        message: TEXT,
        documentationUrl: TEXT,
      }),
    },
    observedGeneration: COUNT,
    distribution: open({ acknowledged: COUNT, total: COUNT }),
  }),
  nullable: true,
};
