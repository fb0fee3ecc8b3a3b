import type { Value } from '@quintet/expr';
import {
  type ReportRequest,
  ReportRequest_RepeatedAttributesSemantics as Semantics,
} from '@quintet/proto/istio/mixer/v1/mixer_pb.js';
import { decodeAttributes, requireKnownWords } from './compressed-attributes.ts';

/** The attributes of every element of a report. With delta encoding each element changes the one before. */
export function reportedAttributes(request: ReportRequest): readonly ReadonlyMap<string, Value>[] {
  requireKnownWords(request.globalWordCount);
  const delta = request.repeatedAttributesSemantics === Semantics.DELTA_ENCODING;
  let before: ReadonlyMap<string, Value> = new Map();
  return request.attributes.map((element) => {
    const attributes = new Map(delta ? before : []);
    decodeAttributes(element, attributes, request.defaultWords);
    before = attributes;
    return attributes;
  });
}
