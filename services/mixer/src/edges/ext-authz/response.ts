import { create, type MessageInitShape } from '@bufbuild/protobuf';
import {
  HeaderValueOption_HeaderAppendAction as AppendAction,
  type HeaderValueOption,
  HeaderValueOptionSchema,
} from '@quintet/proto/envoy/config/core/v3/base_pb.js';
import type { CheckResponseSchema } from '@quintet/proto/envoy/service/auth/v3/external_auth_pb.js';
import { codeName, httpStatusOf } from '../../adapters/google-codes.ts';
import type { CheckOutcome, HeaderOperation } from '../../runtime/check-outcome.ts';

export type AuthzResponse = MessageInitShape<typeof CheckResponseSchema>;

/** A refusal as classic proxies gave it: HTTP status by code, and `CODE:message` as the body. */
export function deniedResponse(code: number, message: string): AuthzResponse {
  return {
    status: { code, message },
    httpResponse: {
      case: 'deniedResponse',
      value: {
        status: { code: httpStatusOf(code) },
        headers: [headerOption('content-type', 'text/plain', AppendAction.OVERWRITE_IF_EXISTS_OR_ADD)],
        body: `${codeName(code)}:${message}`,
      },
    },
  };
}

/** A yes, with the changes of headers that rules ask for. */
export function allowedResponse({ headerOperations }: CheckOutcome): AuthzResponse {
  const of = (header: HeaderOperation['header']) =>
    headerOperations.filter((operation) => operation.header === header);
  return {
    status: { code: 0 },
    httpResponse: {
      case: 'okResponse',
      value: {
        headers: added(of('request')),
        headersToRemove: of('request').flatMap(({ operation, name }) =>
          operation === 'remove' ? [name] : [],
        ),
        responseHeadersToAdd: added(of('response')),
      },
    },
  };
}

function added(operations: readonly HeaderOperation[]): HeaderValueOption[] {
  return operations.flatMap(({ operation, name, value }) => {
    if (operation === 'remove') return [];
    const action =
      operation === 'append' ? AppendAction.APPEND_IF_EXISTS_OR_ADD : AppendAction.OVERWRITE_IF_EXISTS_OR_ADD;
    return [headerOption(name, value, action)];
  });
}

function headerOption(key: string, value: string, appendAction: AppendAction): HeaderValueOption {
  return create(HeaderValueOptionSchema, { header: { key, value }, appendAction });
}
