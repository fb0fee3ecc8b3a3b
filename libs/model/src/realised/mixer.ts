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
      name: reported('no adapter gives an output that it could stand for'),
    },
  },
};

export const HANDLER_FIELDS: KindTable = {
  messages: {
    Handler: {
      name: reported('the name is that of the metadata'),
      adapter: restricting('adapters in other processes are not called yet'),
      params: realised,
      connection: reported('adapters in other processes are not called yet'),
      compiledAdapter: realised,
    },
  },
};

export const INSTANCE_FIELDS: KindTable = {
  messages: {
    Instance: {
      name: reported('the name is that of the metadata'),
      template: restricting('use compiledTemplate: templates of other processes are not read yet'),
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
