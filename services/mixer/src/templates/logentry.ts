import { Fault, timestamp } from '@quintet/expr';
import { InstanceParamSchema } from '@quintet/proto/logentry/template_pb.js';
import { evaluateAll, evaluateOr, fieldCompiler, readParams } from './fields.ts';
import type { Template } from './template.ts';

/** A log line with variables. */
export const LOGENTRY: Template = {
  name: 'logentry',
  variety: 'report',
  compile: (params, { name, shortName, manifest }) => {
    const read = readParams(InstanceParamSchema, params);
    if ('problems' in read) return read;
    const fields = fieldCompiler(manifest);
    const variables = fields.many('variables', read.value.variables);
    const time = fields.one('timestamp', read.value.timestamp, 'TIMESTAMP');
    const severity = fields.one('severity', read.value.severity, 'STRING');
    const resource = fields.one('monitored_resource_type', read.value.monitoredResourceType, 'STRING');
    const resourceDimensions = fields.many(
      'monitored_resource_dimensions',
      read.value.monitoredResourceDimensions,
    );
    if (fields.problems.length > 0) return { problems: fields.problems };
    return {
      problems: [],
      instance: {
        name,
        shortName,
        template: 'logentry',
        variety: 'report',
        types: fields.types,
        build: (bag) => {
          const values = evaluateAll(variables, bag);
          if (values instanceof Fault) return values;
          const at = time?.evaluate(bag) ?? timestamp(0n);
          if (at instanceof Fault) return at;
          const level = evaluateOr(severity, bag, '');
          if (level instanceof Fault) return level;
          const type = evaluateOr(resource, bag, '');
          if (type instanceof Fault) return type;
          const resourceValues = evaluateAll(resourceDimensions, bag);
          if (resourceValues instanceof Fault) return resourceValues;
          return {
            template: 'logentry',
            name,
            variables: values,
            timestamp: typeof at === 'object' && 'nanos' in at ? timestamp(at.nanos) : timestamp(0n),
            severity: String(level),
            monitoredResourceType: String(type),
            monitoredResourceDimensions: resourceValues,
          };
        },
      },
    };
  },
};
