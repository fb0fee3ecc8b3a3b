import { create, createFileRegistry, setExtension, toBinary } from '@bufbuild/protobuf';
import { base64Encode } from '@bufbuild/protobuf/wire';
import {
  type FieldDescriptorProto,
  FieldDescriptorProtoSchema,
  FileDescriptorProtoSchema,
  FileDescriptorSetSchema,
  FileOptionsSchema,
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
} from '@bufbuild/protobuf/wkt';
import { type ConfigObject, type Finding, parseDocuments } from '@quintet/model';
import {
  template_name,
  template_variety,
} from '@quintet/proto/istio/mixer/adapter/model/v1beta1/extensions_pb.js';
import type { TemplateVariety } from '@quintet/proto/istio/mixer/adapter/model/v1beta1/info_pb.js';
import { file_istio_policy_v1beta1_value } from '@quintet/proto/istio/policy/v1beta1/value_pb.js';

/** One object of mixer's group as YAML; `spec` is JSON. */
export function mixerYaml(kind: string, name: string, spec: unknown): string {
  const metadata = { name, namespace: 'istio-system' };
  return JSON.stringify({ apiVersion: 'config.istio.io/v1alpha2', kind, metadata, spec });
}

/** The objects of documents; what cannot be decoded is a mistake of the test. */
export function mixerObjects(...documents: readonly string[]): readonly ConfigObject[] {
  const { objects, issues } = parseDocuments(documents.join('\n---\n'), { file: 'mixer.yaml' });
  if (issues.length > 0) throw new Error(JSON.stringify(issues));
  return objects;
}

/** Findings as `path: message`, without the part of long messages that lists what there is. */
export function told(findings: readonly Finding[]): readonly string[] {
  return findings.map(({ path, message }) => `${path}: ${message}`);
}

type FieldSpec = {
  readonly name: string;
  readonly type: 'string' | 'int64' | 'value' | 'bool' | 'list of strings';
};

const SCALARS = {
  string: Type.STRING,
  int64: Type.INT64,
  bool: Type.BOOL,
  'list of strings': Type.STRING,
} as const;

function fieldOf({ name, type }: FieldSpec, index: number): FieldDescriptorProto {
  return create(FieldDescriptorProtoSchema, {
    name,
    number: index + 1,
    label: type === 'list of strings' ? Label.REPEATED : Label.OPTIONAL,
    ...(type === 'value'
      ? { type: Type.MESSAGE, typeName: '.istio.policy.v1beta1.Value' }
      : { type: SCALARS[type] }),
  });
}

export type SchemaSpec = {
  readonly packageName: string;
  readonly messages: Readonly<Record<string, readonly FieldSpec[]>>;
  readonly variety?: TemplateVariety;
  readonly templateName?: string;
};

/** A FileDescriptorSet in base64, with the files of its imports, as the classic tools write it. */
export function descriptorOf({ packageName, messages, variety, templateName }: SchemaSpec): string {
  const options = create(FileOptionsSchema);
  if (variety !== undefined) setExtension(options, template_variety, variety);
  if (templateName !== undefined) setExtension(options, template_name, templateName);
  const own = create(FileDescriptorProtoSchema, {
    name: `${packageName}.proto`,
    package: packageName,
    syntax: 'proto3',
    dependency: ['istio/policy/v1beta1/value.proto'],
    messageType: Object.entries(messages).map(([name, fields]) => ({ name, field: fields.map(fieldOf) })),
    options,
  });
  const imports = [...file_istio_policy_v1beta1_value.dependencies, file_istio_policy_v1beta1_value];
  const set = create(FileDescriptorSetSchema, { file: [...imports.map(({ proto }) => proto), own] });
  createFileRegistry(set);
  return base64Encode(toBinary(FileDescriptorSetSchema, set));
}
