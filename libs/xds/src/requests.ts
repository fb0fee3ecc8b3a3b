import type {
  DeltaDiscoveryRequest,
  DiscoveryRequest,
} from '@quintet/proto/envoy/service/discovery/v3/discovery_pb.js';
import type { SessionRequest } from './session-types.ts';

/** A NACK without a text is still a NACK. */
const NO_TEXT = 'the client gave no reason';

/** A state-of-the-world request as the session reads it. */
export function fromSotw(request: DiscoveryRequest): SessionRequest {
  const { typeUrl, responseNonce, versionInfo, resourceNames, errorDetail } = request;
  const error = errorDetail === undefined ? {} : { error: errorDetail.message || NO_TEXT };
  return { typeUrl, responseNonce, versionInfo, resourceNames, ...error };
}

/** An incremental request as the session reads it. */
export function fromDelta(request: DeltaDiscoveryRequest): SessionRequest {
  const { typeUrl, responseNonce, errorDetail } = request;
  const error = errorDetail === undefined ? {} : { error: errorDetail.message || NO_TEXT };
  return {
    typeUrl,
    responseNonce,
    subscribe: request.resourceNamesSubscribe,
    unsubscribe: request.resourceNamesUnsubscribe,
    initialVersions: request.initialResourceVersions,
    ...error,
  };
}
