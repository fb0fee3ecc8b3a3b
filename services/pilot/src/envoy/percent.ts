import { create } from '@bufbuild/protobuf';
import {
  type FractionalPercent,
  FractionalPercent_DenominatorType,
  FractionalPercentSchema,
} from '@quintet/proto/envoy/type/v3/percent_pb.js';

/** A percentage from 0 to 100, exact to a ten-thousandth. */
export function fractionalPercent(percent: number): FractionalPercent {
  return create(FractionalPercentSchema, {
    numerator: Math.round(percent * 10_000),
    denominator: FractionalPercent_DenominatorType.MILLION,
  });
}
