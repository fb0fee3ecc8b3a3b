import {
  HTTPAPISpecBindingSchema,
  HTTPAPISpecSchema,
} from '@quintet/proto/istio/mixer/v1/config/client/api_spec_pb.js';
import {
  QuotaSpecBindingSchema,
  QuotaSpecSchema,
} from '@quintet/proto/istio/mixer/v1/config/client/quota_pb.js';
import { validateHttpApiSpec, validateHttpApiSpecBinding } from '../validate/http-api.ts';
import { validateQuotaSpec, validateQuotaSpecBinding } from '../validate/quota.ts';
import { defineKind } from './kind.ts';

const api = { group: 'config.istio.io', versions: ['v1alpha2'] } as const;

export const QUOTA_SPEC = defineKind({
  ...api,
  kind: 'QuotaSpec',
  plural: 'quotaspecs',
  collection: 'istio/mixer/v1/config/client/quotaspecs',
  schema: QuotaSpecSchema,
  validate: validateQuotaSpec,
});

export const QUOTA_SPEC_BINDING = defineKind({
  ...api,
  kind: 'QuotaSpecBinding',
  plural: 'quotaspecbindings',
  collection: 'istio/mixer/v1/config/client/quotaspecbindings',
  schema: QuotaSpecBindingSchema,
  validate: validateQuotaSpecBinding,
});

export const HTTP_API_SPEC = defineKind({
  ...api,
  kind: 'HTTPAPISpec',
  plural: 'httpapispecs',
  collection: 'istio/config/v1alpha2/httpapispecs',
  schema: HTTPAPISpecSchema,
  validate: validateHttpApiSpec,
});

export const HTTP_API_SPEC_BINDING = defineKind({
  ...api,
  kind: 'HTTPAPISpecBinding',
  plural: 'httpapispecbindings',
  collection: 'istio/config/v1alpha2/httpapispecbindings',
  schema: HTTPAPISpecBindingSchema,
  validate: validateHttpApiSpecBinding,
});
