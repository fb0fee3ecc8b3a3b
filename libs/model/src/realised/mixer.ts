import { type KindTable, realised, reported, restricting } from './table.ts';

export const RULE_FIELDS: KindTable = {
  messages: {
    Rule: {
      match: realised,
      actions: realised,
      requestHeaderOperations: realised,
      responseHeaderOperations: realised,
      sampling: reported('every request is dispatched'),
    },
    'Rule.HeaderOperationTemplate': {
      name: realised,
      values: realised,
      operation: realised,
    },
    Action: {
      handler: realised,
      instances: realised,
      name: realised,
    },
  },
};

export const HANDLER_FIELDS: KindTable = {
  messages: {
    Handler: {
      name: realised,
      adapter: restricting('adapters in other processes are not called yet'),
      params: realised,
      connection: restricting('adapters in other processes are not called yet'),
      compiledAdapter: realised,
    },
  },
};

export const INSTANCE_FIELDS: KindTable = {
  messages: {
    Instance: {
      name: realised,
      template: realised,
      params: realised,
      attributeBindings: reported('no adapter generates attributes yet'),
      compiledTemplate: realised,
    },
  },
};

export const ATTRIBUTE_MANIFEST_FIELDS: KindTable = {
  messages: {
    AttributeManifest: {
      revision: realised,
      name: realised,
      attributes: realised,
    },
    'AttributeManifest.AttributeInfo': {
      description: realised,
      valueType: realised,
    },
  },
};
