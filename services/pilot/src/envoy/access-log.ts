import { create } from '@bufbuild/protobuf';
import { type AccessLog, AccessLogSchema } from '@quintet/proto/envoy/config/accesslog/v3/accesslog_pb.js';
import type { SubstitutionFormatStringSchema } from '@quintet/proto/envoy/config/core/v3/substitution_format_string_pb.js';
import { FileAccessLogSchema } from '@quintet/proto/envoy/extensions/access_loggers/file/v3/file_pb.js';
import type { AccessLogPlan } from '../plan/types.ts';
import { type Fields, packed } from './any.ts';
import { sortedByKey } from './metadata.ts';

/** The proxy's own log of requests or connections. */
export function fileAccessLog(plan: AccessLogPlan): AccessLog {
  return create(AccessLogSchema, {
    name: 'envoy.access_loggers.file',
    configType: {
      case: 'typedConfig',
      value: packed(FileAccessLogSchema, {
        path: plan.path,
        accessLogFormat: { case: 'logFormat', value: format(plan.format) },
      }),
    },
  });
}

function format(plan: AccessLogPlan['format']): Fields<typeof SubstitutionFormatStringSchema> {
  if (plan.kind === 'text') {
    return {
      format: { case: 'textFormatSource', value: { specifier: { case: 'inlineString', value: plan.text } } },
    };
  }
  return { format: { case: 'jsonFormat', value: sortedByKey(plan.fields, (value) => value) } };
}
