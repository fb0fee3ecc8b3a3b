import { create } from '@bufbuild/protobuf';
import {
  HeaderValueOption_HeaderAppendAction as AppendAction,
  type HeaderValueOption,
  HeaderValueOptionSchema,
} from '@quintet/proto/envoy/config/core/v3/base_pb.js';
import type { HeaderOperations } from '../plan/route-types.ts';

/** The four lists that a route and a weighted cluster both have. */
export type HeaderLists = {
  readonly requestHeadersToAdd: HeaderValueOption[];
  readonly requestHeadersToRemove: string[];
  readonly responseHeadersToAdd: HeaderValueOption[];
  readonly responseHeadersToRemove: string[];
};

export function headerLists(request: HeaderOperations, response: HeaderOperations): HeaderLists {
  return {
    requestHeadersToAdd: added(request),
    requestHeadersToRemove: [...request.remove],
    responseHeadersToAdd: added(response),
    responseHeadersToRemove: [...response.remove],
  };
}

function added(operations: HeaderOperations): HeaderValueOption[] {
  const option = (appendAction: AppendAction) => (header: { name: string; value: string }) =>
    create(HeaderValueOptionSchema, {
      header: { key: header.name, value: header.value },
      appendAction,
      keepEmptyValue: header.value === '',
    });
  return [
    ...operations.set.map(option(AppendAction.OVERWRITE_IF_EXISTS_OR_ADD)),
    ...operations.add.map(option(AppendAction.APPEND_IF_EXISTS_OR_ADD)),
  ];
}
