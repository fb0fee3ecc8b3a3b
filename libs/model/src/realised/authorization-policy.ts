import { except, type KindTable, realised, reported, restricting } from './table.ts';

export const AUTHORIZATION_POLICY_FIELDS: KindTable = {
  messages: {
    AuthorizationPolicy: {
      selector: realised,
      rules: realised,
      action: except({
        AUDIT: reported('nothing is audited by policy'),
        CUSTOM: restricting('use a mixer rule'),
      }),
      provider: restricting('use a mixer rule'),
      targetRef: restricting('use selector'),
      targetRefs: restricting('use selector'),
    },
    WorkloadSelector: {
      matchLabels: realised,
    },
    Rule: {
      from: realised,
      to: realised,
      when: realised,
    },
    'Rule.From': {
      source: realised,
    },
    Source: {
      principals: realised,
      requestPrincipals: restricting('tokens of end users are not checked yet'),
      namespaces: realised,
      ipBlocks: realised,
      notPrincipals: realised,
      notRequestPrincipals: restricting('tokens of end users are not checked yet'),
      notNamespaces: realised,
      notIpBlocks: realised,
      remoteIpBlocks: restricting('use ipBlocks'),
      notRemoteIpBlocks: restricting('use ipBlocks'),
      serviceAccounts: restricting('use principals'),
      notServiceAccounts: restricting('say who is allowed instead'),
      trustDomains: restricting('use principals'),
      notTrustDomains: restricting('say who is allowed instead'),
    },
    'Rule.To': {
      operation: realised,
    },
    Operation: {
      hosts: realised,
      ports: realised,
      methods: realised,
      paths: realised,
      notHosts: realised,
      notPorts: realised,
      notMethods: realised,
      notPaths: realised,
    },
    Condition: {
      key: realised,
      values: realised,
      notValues: realised,
    },
  },
};
