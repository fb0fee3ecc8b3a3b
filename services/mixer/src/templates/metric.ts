import { Fault } from '@quintet/expr';
import { InstanceParamSchema } from '@quintet/proto/metric/template_pb.js';
import { evaluateAll, evaluateOr, fieldCompiler, readParams } from './fields.ts';
import type { Template } from './template.ts';

/** A number with dimensions, for adapters that keep metrics. */
export const METRIC: Template = {
  name: 'metric',
  variety: 'report',
  compile: (params, { name, shortName, manifest }) => {
    const read = readParams(InstanceParamSchema, params);
    if ('problems' in read) return read;
    const fields = fieldCompiler(manifest);
    const value = fields.one('value', read.value.value);
    const dimensions = fields.many('dimensions', read.value.dimensions);
    const resource = fields.one('monitored_resource_type', read.value.monitoredResourceType, 'STRING');
    const resourceDimensions = fields.many(
      'monitored_resource_dimensions',
      read.value.monitoredResourceDimensions,
    );
    if (fields.problems.length > 0) return { problems: fields.problems };
    if (value === undefined)
      return { problems: [{ path: 'params.value', message: 'a metric needs a value' }] };
    return {
      problems: [],
      instance: {
        name,
        shortName,
        template: 'metric',
        variety: 'report',
        types: fields.types,
        build: (bag) => {
          const number = value.evaluate(bag);
          if (number instanceof Fault) return number;
          const labels = evaluateAll(dimensions, bag);
          if (labels instanceof Fault) return labels;
          const type = evaluateOr(resource, bag, '');
          if (type instanceof Fault) return type;
          const resourceLabels = evaluateAll(resourceDimensions, bag);
          if (resourceLabels instanceof Fault) return resourceLabels;
          return {
            template: 'metric',
            name,
            value: number,
            dimensions: labels,
            monitoredResourceType: String(type),
            monitoredResourceDimensions: resourceLabels,
          };
        },
      },
    };
  },
};
