export type { ConfigObject } from './config-object.ts';
export type { Issue, Origin, ResourceRef, Severity } from './issue.ts';
export type { Protocol } from './protocol.ts';
export type { Endpoint, Service, ServicePort } from './service.ts';
