import { type KindTable, realised, reported } from './table.ts';

export const QUOTA_SPEC_FIELDS: KindTable = {
  messages: {
    QuotaSpec: {
      rules: realised,
    },
    QuotaRule: {
      match: realised,
      quotas: realised,
    },
    AttributeMatch: {
      clause: realised,
    },
    StringMatch: {
      exact: realised,
      prefix: realised,
      regex: realised,
    },
    Quota: {
      quota: realised,
      charge: realised,
    },
  },
};

export const QUOTA_SPEC_BINDING_FIELDS: KindTable = {
  messages: {
    QuotaSpecBinding: {
      services: realised,
      quotaSpecs: realised,
    },
    IstioService: {
      name: realised,
      namespace: realised,
      domain: realised,
      service: realised,
      labels: reported('the binding applies to the whole service'),
    },
    'QuotaSpecBinding.QuotaSpecReference': {
      name: realised,
      namespace: realised,
    },
  },
};
