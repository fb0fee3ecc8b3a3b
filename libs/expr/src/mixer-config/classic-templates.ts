import {
  InstanceMsgSchema as KubernetesMsg,
  OutputMsgSchema as KubernetesOutput,
} from '@quintet/proto/adapter/template/kubernetes/template_pb.js';
import { InstanceMsgSchema as ApiKeyMsg } from '@quintet/proto/apikey/template_pb.js';
import { InstanceMsgSchema as AuthorizationMsg } from '@quintet/proto/authorization/template_pb.js';
import { InstanceMsgSchema as CheckNothingMsg } from '@quintet/proto/checknothing/template_pb.js';
import { InstanceMsgSchema as EdgeMsg } from '@quintet/proto/edge/template_pb.js';
import { InstanceMsgSchema as ListEntryMsg } from '@quintet/proto/listentry/template_pb.js';
import { InstanceMsgSchema as LogEntryMsg } from '@quintet/proto/logentry/template_pb.js';
import { InstanceMsgSchema as MetricMsg } from '@quintet/proto/metric/template_pb.js';
import { InstanceMsgSchema as QuotaMsg } from '@quintet/proto/quota/template_pb.js';
import { InstanceMsgSchema as ReportNothingMsg } from '@quintet/proto/reportnothing/template_pb.js';
import { outputOf, shapeOf, shapeOfTypes } from './shape.ts';
import type { MixerTemplate } from './template.ts';

/** It has no message of ours because no adapter in another process is given it. */
const TRACESPAN = shapeOfTypes('tracespan', {
  trace_id: 'STRING',
  span_id: 'STRING',
  parent_span_id: 'STRING',
  span_name: 'STRING',
  start_time: 'TIMESTAMP',
  end_time: 'TIMESTAMP',
  span_tags: 'map',
  http_status_code: 'INT64',
  client_span: 'BOOL',
  rewrite_client_span_id: 'BOOL',
  source_name: 'STRING',
  source_ip: 'IP_ADDRESS',
  destination_name: 'STRING',
  destination_ip: 'IP_ADDRESS',
  request_size: 'INT64',
  request_total_size: 'INT64',
  response_size: 'INT64',
  response_total_size: 'INT64',
  api_protocol: 'STRING',
});

const ROWS: readonly (Pick<MixerTemplate, 'name' | 'variety' | 'shape'> & Partial<MixerTemplate>)[] = [
  { name: 'apikey', variety: 'check', shape: shapeOf(ApiKeyMsg) },
  { name: 'authorization', variety: 'check', shape: shapeOf(AuthorizationMsg) },
  { name: 'checknothing', variety: 'check', shape: shapeOf(CheckNothingMsg) },
  { name: 'edge', variety: 'report', shape: shapeOf(EdgeMsg) },
  {
    name: 'kubernetes',
    variety: 'attribute generator',
    shape: shapeOf(KubernetesMsg),
    output: outputOf(KubernetesOutput),
  },
  { name: 'listentry', variety: 'check', shape: shapeOf(ListEntryMsg), required: ['value'] },
  { name: 'logentry', variety: 'report', shape: shapeOf(LogEntryMsg) },
  { name: 'metric', variety: 'report', shape: shapeOf(MetricMsg), required: ['value'] },
  { name: 'quota', variety: 'quota', shape: shapeOf(QuotaMsg) },
  { name: 'reportnothing', variety: 'report', shape: shapeOf(ReportNothingMsg) },
  { name: 'tracespan', variety: 'report', shape: TRACESPAN },
];

/** The templates of the classic mixer by the name of `compiledTemplate`, which is that of the first API's kind too. */
export const CLASSIC_TEMPLATES: ReadonlyMap<string, MixerTemplate> = new Map(
  ROWS.map((row) => [row.name, { required: [], constants: false, ...row }]),
);
