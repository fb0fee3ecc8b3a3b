import type { Finding } from '@quintet/model';
import type { Params as Circonus } from '@quintet/proto/adapter/circonus/config/config_pb.js';
import type { Params as CloudWatch } from '@quintet/proto/adapter/cloudwatch/config/config_pb.js';
import type { Params as DogStatsD } from '@quintet/proto/adapter/dogstatsd/config/config_pb.js';
import type { Params as FluentD } from '@quintet/proto/adapter/fluentd/config/config_pb.js';
import type { Params as StatsD } from '@quintet/proto/adapter/statsd/config/config_pb.js';
import { durationMs, negative, negativeNumber, noShare } from './duration-problems.ts';

/** What is wrong with the parameters of a circonus handler. */
export function circonusProblems({ submissionUrl, submissionInterval }: Circonus): readonly Finding[] {
  return [
    ...(URL.canParse(submissionUrl)
      ? []
      : [{ path: 'submissionUrl', message: `expected a URL, found ${JSON.stringify(submissionUrl)}` }]),
    ...(durationMs(submissionInterval, 10_000) >= 1000
      ? []
      : [{ path: 'submissionInterval', message: 'must be at least 1s' }]),
  ];
}

/** What is wrong with the parameters of a cloudwatch handler. */
export function cloudWatchProblems({ logs, logGroupName, logStreamName }: CloudWatch): readonly Finding[] {
  if (Object.keys(logs).length === 0) return [];
  const message = 'logs need one, found none';
  return [
    ...(logGroupName === '' ? [{ path: 'logGroupName', message }] : []),
    ...(logStreamName === '' ? [{ path: 'logStreamName', message }] : []),
  ];
}

/** What is wrong with the parameters of a dogstatsd handler. */
export function dogStatsDProblems({ bufferLength, sampleRate }: DogStatsD): readonly Finding[] {
  return [...negativeNumber(bufferLength, 'bufferLength'), ...noShare(sampleRate, 'sampleRate')];
}

/** What is wrong with the parameters of a statsd handler. */
export function statsDProblems({ flushDuration, flushBytes, samplingRate }: StatsD): readonly Finding[] {
  return [
    ...negative(flushDuration, 'flushDuration'),
    ...negativeNumber(flushBytes, 'flushBytes'),
    ...noShare(samplingRate, 'samplingRate'),
  ];
}

/** What is wrong with the parameters of a fluentd handler. */
export function fluentDProblems(params: FluentD): readonly Finding[] {
  return [
    ...negativeNumber(params.instanceBufferSize, 'instanceBufferSize'),
    ...negativeNumber(params.maxBatchSizeBytes, 'maxBatchSizeBytes'),
    ...negative(params.pushIntervalDuration, 'pushIntervalDuration'),
    ...negative(params.pushTimeoutDuration, 'pushTimeoutDuration'),
  ];
}
