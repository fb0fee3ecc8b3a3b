import {
  RbacConfigSchema,
  ServiceRoleBindingSchema,
  ServiceRoleSchema,
} from '@quintet/proto/istio/rbac/v1alpha1/rbac_pb.js';
import {
  validateClusterRbacConfig,
  validateRbacConfig,
  validateServiceRole,
  validateServiceRoleBinding,
} from '../validate/rbac.ts';
import { defineKind } from './kind.ts';

const api = { group: 'rbac.istio.io', versions: ['v1alpha1'] } as const;

export const SERVICE_ROLE = defineKind({
  ...api,
  kind: 'ServiceRole',
  plural: 'serviceroles',
  collection: 'istio/rbac/v1alpha1/serviceroles',
  schema: ServiceRoleSchema,
  validate: validateServiceRole,
});

export const SERVICE_ROLE_BINDING = defineKind({
  ...api,
  kind: 'ServiceRoleBinding',
  plural: 'servicerolebindings',
  collection: 'istio/rbac/v1alpha1/servicerolebindings',
  schema: ServiceRoleBindingSchema,
  validate: validateServiceRoleBinding,
});

export const RBAC_CONFIG = defineKind({
  ...api,
  kind: 'RbacConfig',
  plural: 'rbacconfigs',
  collection: 'istio/rbac/v1alpha1/rbacconfigs',
  schema: RbacConfigSchema,
  validate: validateRbacConfig,
});

export const CLUSTER_RBAC_CONFIG = defineKind({
  ...api,
  kind: 'ClusterRbacConfig',
  plural: 'clusterrbacconfigs',
  scope: 'cluster',
  collection: 'istio/rbac/v1alpha1/clusterrbacconfigs',
  schema: RbacConfigSchema,
  validate: validateClusterRbacConfig,
});
