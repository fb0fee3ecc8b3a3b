import { Fault } from '@quintet/expr';
import { InstanceParamSchema } from '@quintet/proto/quota/template_pb.js';
import { evaluateAll, fieldCompiler, readParams } from './fields.ts';
import type { Template } from './template.ts';

/** The dimensions by which an amount is counted: equal dimensions share one allowance. */
export const QUOTA: Template = {
  name: 'quota',
  variety: 'quota',
  compile: (params, { name, shortName, manifest }) => {
    const read = readParams(InstanceParamSchema, params);
    if ('problems' in read) return read;
    const fields = fieldCompiler(manifest);
    const dimensions = fields.many('dimensions', read.value.dimensions);
    if (fields.problems.length > 0) return { problems: fields.problems };
    return {
      problems: [],
      instance: {
        name,
        shortName,
        template: 'quota',
        variety: 'quota',
        types: fields.types,
        build: (bag) => {
          const values = evaluateAll(dimensions, bag);
          return values instanceof Fault ? values : { template: 'quota', name, dimensions: values };
        },
      },
    };
  },
};
