import type { Finding } from '@quintet/model';
import type { Params } from '@quintet/proto/adapter/denier/config/config_pb.js';
import { negative, negativeNumber } from './duration-problems.ts';

/** What is wrong with the parameters of a denier. */
export function denierProblems({ status, validDuration, validUseCount }: Params): readonly Finding[] {
  const code = status?.code ?? 0;
  return [
    ...(code >= 0 && code <= 16
      ? []
      : [{ path: 'status.code', message: `found ${code}, expected a google.rpc code, 0 to 16` }]),
    ...negative(validDuration, 'validDuration'),
    ...negativeNumber(validUseCount, 'validUseCount'),
  ];
}
