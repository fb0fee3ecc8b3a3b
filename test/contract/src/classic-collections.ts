/** What the pilot of a classic mesh asks a galley for on its one stream. */
export const CLASSIC_PILOT_COLLECTIONS: readonly string[] = [
  'istio/networking/v1alpha3/virtualservices',
  'istio/networking/v1alpha3/gateways',
  'istio/networking/v1alpha3/serviceentries',
  'istio/networking/v1alpha3/destinationrules',
  'istio/networking/v1alpha3/envoyfilters',
  'istio/networking/v1alpha3/sidecars',
  'istio/config/v1alpha2/httpapispecs',
  'istio/config/v1alpha2/httpapispecbindings',
  'istio/mixer/v1/config/client/quotaspecs',
  'istio/mixer/v1/config/client/quotaspecbindings',
  'istio/authentication/v1alpha1/policies',
  'istio/authentication/v1alpha1/meshpolicies',
  'istio/rbac/v1alpha1/serviceroles',
  'istio/rbac/v1alpha1/servicerolebindings',
  'istio/rbac/v1alpha1/rbacconfigs',
  'istio/rbac/v1alpha1/clusterrbacconfigs',
  'istio/security/v1beta1/authorizationpolicies',
];

const LEGACY = (
  'apikeys authorizations bypasses checknothings circonuses cloudwatches deniers dogstatsds edges fluentds kuberneteses ' +
  'kubernetesenvs listcheckers listentries logentries memquotas metrics noops opas prometheuses quotas rbacs redisquotas ' +
  'reportnothings signalfxs solarwindses stackdrivers statsds stdios tracespans zipkins'
)
  .split(' ')
  .map((plural) => `istio/config/v1alpha2/legacy/${plural}`);

/** What the mixer of a classic mesh asks for. */
export const CLASSIC_MIXER_COLLECTIONS: readonly string[] = [
  'istio/policy/v1beta1/attributemanifests',
  'istio/policy/v1beta1/rules',
  'istio/policy/v1beta1/handlers',
  'istio/policy/v1beta1/instances',
  'istio/config/v1alpha2/adapters',
  'istio/config/v1alpha2/templates',
  ...LEGACY,
];
