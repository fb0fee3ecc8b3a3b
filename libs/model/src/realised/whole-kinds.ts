import { reported, restricting, type WholeKind } from './table.ts';

/** Kinds that are accepted and validated, and of which nothing has an effect yet. */
export const WHOLE_KINDS: Readonly<Record<string, WholeKind>> = {
  EnvoyFilter: {
    whole: restricting('patches of the proxy configuration, which may restrict access, are not applied yet'),
  },
  ServiceRole: { whole: reported('use an AuthorizationPolicy') },
  ServiceRoleBinding: { whole: reported('use an AuthorizationPolicy') },
  RbacConfig: { whole: restricting('use an AuthorizationPolicy') },
  ClusterRbacConfig: { whole: restricting('use an AuthorizationPolicy') },
  HTTPAPISpec: { whole: reported('as in the classic mesh') },
  HTTPAPISpecBinding: { whole: reported('as in the classic mesh') },
  adapter: { whole: reported('adapters in other processes are not called yet') },
  template: { whole: reported('templates of adapters in other processes are not used yet') },
};

/** The kinds of the first mixer API. */
export const LEGACY_MIXER_KIND: WholeKind = {
  whole: restricting('use the kinds handler and instance with compiledAdapter and compiledTemplate'),
};
