/** A type of objects, as paths of the API name it. */
export type ResourceType = {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  /** `virtualservices` */
  readonly plural: string;
  /** `VirtualService` */
  readonly kind: string;
  readonly scope: 'namespace' | 'cluster';
};

/** What a path leads to: all objects of a type, those of a namespace, one of them, or a part of one. */
export type ObjectPath = {
  readonly namespace?: string;
  readonly name?: string;
  readonly subresource?: 'status' | 'token';
};

/** `group/version`, or `version` alone in the core group. */
export function apiVersionOf({ group, version }: Pick<ResourceType, 'group' | 'version'>): string {
  return group === '' ? version : `${group}/${version}`;
}

/** Path of objects on the API server, escaped. */
export function pathOf(type: ResourceType, { namespace = '', name, subresource }: ObjectPath = {}): string {
  const parts = [
    ...(type.group === '' ? ['api', type.version] : ['apis', type.group, type.version]),
    ...(type.scope === 'namespace' && namespace !== '' ? ['namespaces', namespace] : []),
    type.plural,
    ...(name === undefined ? [] : [name]),
    ...(subresource === undefined ? [] : [subresource]),
  ];
  return `/${parts.map(encodeURIComponent).join('/')}`;
}
