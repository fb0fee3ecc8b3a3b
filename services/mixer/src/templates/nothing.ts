import type { DescMessage } from '@bufbuild/protobuf';
import { InstanceParamSchema as CheckParams } from '@quintet/proto/checknothing/template_pb.js';
import { InstanceParamSchema as ReportParams } from '@quintet/proto/reportnothing/template_pb.js';
import { readParams } from './fields.ts';
import type { Template } from './template.ts';

/** A question without data, for adapters that decide without looking. */
export const CHECKNOTHING: Template = nothing('checknothing', 'check', CheckParams);

/** A report without data. */
export const REPORTNOTHING: Template = nothing('reportnothing', 'report', ReportParams);

function nothing(
  template: 'checknothing' | 'reportnothing',
  variety: 'check' | 'report',
  schema: DescMessage,
): Template {
  return {
    name: template,
    variety,
    compile: (params, { name, shortName }) => {
      const read = readParams(schema, params);
      if ('problems' in read) return read;
      const instance = { template, name } as const;
      return {
        problems: [],
        instance: { name, shortName, template, variety, types: new Map(), build: () => instance },
      };
    },
  };
}
