import { describe, expect, it } from 'vitest';
import { grpcTarget } from './address.ts';
import { createQueue } from './queue.ts';

async function read<T>(values: AsyncIterable<T>): Promise<(T | string)[]> {
  const seen: (T | string)[] = [];
  try {
    for await (const value of values) seen.push(value);
  } catch (error) {
    seen.push(String(error));
  }
  return seen;
}

describe('a queue', () => {
  it('gives what was pushed before and while it is read, to its end', async () => {
    const queue = createQueue<number>();
    queue.push(1);
    const reading = read(queue);
    queue.push(2);
    await Promise.resolve();
    queue.push(3);
    queue.end();
    queue.push(4);
    expect(await reading).toEqual([1, 2, 3]);
  });

  it('gives its failure after what came before', async () => {
    const queue = createQueue<number>();
    queue.push(1);
    queue.fail(new Error('broke'));
    expect(await read(queue)).toEqual([1, 'Error: broke']);
  });

  it('is bounded', () => {
    const queue = createQueue<number>({ limit: 1 });
    queue.push(1);
    expect(() => queue.push(2)).toThrow('the reader is 1 values behind');
    expect(queue.size).toBe(1);
  });
});

describe('an address', () => {
  it.each([
    ['tcp://0.0.0.0:9901', '0.0.0.0:9901'],
    ['127.0.0.1:80', '127.0.0.1:80'],
    [':8060', '0.0.0.0:8060'],
    ['[::1]:1', '[::1]:1'],
    ['istio-pilot.istio-system:15011', 'istio-pilot.istio-system:15011'],
    ['unix:///sock/mixer.socket', 'unix:/sock/mixer.socket'],
    ['unix:/sock/mixer.socket', 'unix:/sock/mixer.socket'],
  ])('%s is %s to gRPC', (address, target) => {
    expect(grpcTarget(address)).toBe(target);
  });

  it.each(['', 'host', 'host:', 'host:99999', 'http://host:80', 'a b:80', 'unix://'])(
    '%j is refused',
    (address) => {
      expect(() => grpcTarget(address)).toThrow(/expected tcp:\/\/host:port, host:port or unix:\/\/\/path/);
    },
  );
});
