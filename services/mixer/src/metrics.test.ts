import { metricLines } from '@quintet/runtime';
import { expect, it } from 'vitest';
import { METRICS } from './metrics.ts';

it('has the names that dashboards use', () => {
  expect(metricLines(METRICS)).toMatchSnapshot();
});
