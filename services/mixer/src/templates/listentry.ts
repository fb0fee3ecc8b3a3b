import { Fault } from '@quintet/expr';
import { InstanceParamSchema } from '@quintet/proto/listentry/template_pb.js';
import { fieldCompiler, readParams } from './fields.ts';
import type { Template } from './template.ts';

/** A value to be looked up in a list. */
export const LISTENTRY: Template = {
  name: 'listentry',
  variety: 'check',
  compile: (params, { name, shortName, manifest }) => {
    const read = readParams(InstanceParamSchema, params);
    if ('problems' in read) return read;
    const fields = fieldCompiler(manifest);
    const value = fields.one('value', read.value.value);
    if (fields.problems.length > 0) return { problems: fields.problems };
    if (value === undefined) {
      return { problems: [{ path: 'params.value', message: 'a list entry needs a value' }] };
    }
    return {
      problems: [],
      instance: {
        name,
        shortName,
        template: 'listentry',
        variety: 'check',
        types: fields.types,
        build: (bag) => {
          const entry = value.evaluate(bag);
          return entry instanceof Fault ? entry : { template: 'listentry', name, value: entry };
        },
      },
    };
  },
};
