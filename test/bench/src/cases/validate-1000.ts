import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { makeTempDir } from '@quintet/testkit';
import type { BenchCase, BenchContext, Figure } from '../bench-case.ts';
import { CLI_COMMAND } from '../checkout.ts';
import { median } from '../measure/percentile.ts';
import { destinationRules, serviceEntries, virtualServices } from '../worlds/service-world.ts';

const SIZE = { services: 200, endpoints: 4, ruledEvery: 1 };
const OTHERS = 100;
const FILES = 50;
const RUNS = 5;
const NOTE = 'target: 2 s on two cores';

export const validate1000: BenchCase = {
  name: 'validate-1000',
  about: `The installed command on ${FILES} files with 1000 mixed objects: ${SIZE.services} each of ServiceEntries, VirtualServices and DestinationRules, ${2 * OTHERS} Services and Deployments, ${OTHERS} AuthorizationPolicies, ${OTHERS} instances. From the start of the process to its end, median of ${RUNS}; once with nothing kept of the code that Node read before.`,
  async run(context) {
    const temp = await makeTempDir('bench');
    try {
      const config = join(temp.path, 'config');
      await mkdir(config);
      await writeObjects(config);
      return await measure(config, temp.path, context);
    } finally {
      await temp.remove();
    }
  },
};

async function measure(config: string, folder: string, { stop }: BenchContext): Promise<Figure[]> {
  const cache = join(folder, 'code');
  const run = (...args: string[]) => runTimed([...args, config], { cache, stop });
  const first = await run('validate', '-f');
  const validate = await repeat(() => run('validate', '-f'));
  const analyze = await repeat(() => run('analyze'));
  return [
    { what: 'validate, for the first time', value: first.seconds, unit: 's', note: NOTE },
    { what: 'validate', value: median(validate.map(({ seconds }) => seconds)), unit: 's', note: NOTE },
    { what: 'validate, CPU', value: median(validate.map(({ cpuSeconds }) => cpuSeconds)), unit: 's' },
    { what: 'analyze', value: median(analyze.map(({ seconds }) => seconds)), unit: 's', note: NOTE },
    { what: 'analyze, CPU', value: median(analyze.map(({ cpuSeconds }) => cpuSeconds)), unit: 's' },
  ];
}

type Timed = { readonly seconds: number; readonly cpuSeconds: number };

async function repeat(run: () => Promise<Timed>): Promise<Timed[]> {
  const runs: Timed[] = [];
  for (let count = 0; count < RUNS; count += 1) runs.push(await run());
  return runs;
}

/** Prints the processor time of its children, whichever processes they started in turn; findings are no failure. */
const TIMED = '"$@" >/dev/null 2>&1; code=$?; times; [ $code -eq 0 ] || [ $code -eq 79 ]';

async function runTimed(
  args: readonly string[],
  { cache, stop }: { readonly cache: string; readonly stop: AbortSignal },
): Promise<Timed> {
  const start = performance.now();
  const { stdout } = await promisify(execFile)('sh', ['-c', TIMED, 'sh', CLI_COMMAND, ...args], {
    signal: stop,
    env: { ...process.env, NODE_COMPILE_CACHE: cache },
  });
  const seconds = (performance.now() - start) / 1000;
  const [, children = ''] = stdout.trim().split('\n');
  const parts = [...children.matchAll(/(\d+)m([\d.]+)s/g)];
  const cpuSeconds = parts.reduce((sum, [, minutes, rest]) => sum + Number(minutes) * 60 + Number(rest), 0);
  return { seconds, cpuSeconds };
}

async function writeObjects(folder: string): Promise<void> {
  const objects = mixedObjects();
  const each = Math.ceil(objects.length / FILES);
  for (let file = 0; file < FILES; file += 1) {
    const text = objects.slice(file * each, (file + 1) * each).join('---\n');
    await writeFile(join(folder, `objects-${file}.yaml`), text);
  }
}

function mixedObjects(): readonly string[] {
  const texts = [serviceEntries(SIZE), destinationRules(SIZE), virtualServices(SIZE, 'first')];
  const others = Array.from({ length: OTHERS }, (_, index) => othersOf(index));
  return [...texts.flatMap((text) => text.split('---\n')), ...others.flat()];
}

function othersOf(index: number): readonly string[] {
  return [
    `apiVersion: v1
kind: Service
metadata: { name: kube-${index}, namespace: shop }
spec:
  selector: { app: kube-${index} }
  ports:
    - { name: http, port: 80, targetPort: 8080 }
`,
    `apiVersion: apps/v1
kind: Deployment
metadata: { name: kube-${index}, namespace: shop }
spec:
  selector: { matchLabels: { app: kube-${index} } }
  template:
    metadata: { labels: { app: kube-${index}, version: v1 } }
    spec: { containers: [{ name: app, image: app, ports: [{ containerPort: 8080 }] }] }
`,
    `apiVersion: security.istio.io/v1beta1
kind: AuthorizationPolicy
metadata: { name: policy-${index}, namespace: shop }
spec:
  selector: { matchLabels: { app: kube-${index} } }
  rules:
    - from: [{ source: { principals: [cluster.local/ns/default/sa/svc-${index}] } }]
      to: [{ operation: { methods: [GET], paths: [/api/*] } }]
`,
    `apiVersion: config.istio.io/v1alpha2
kind: instance
metadata: { name: metric-${index}, namespace: shop }
spec:
  compiledTemplate: metric
  params:
    value: request.size | 0
    dimensions:
      source: source.workload.name | "unknown"
      destination: destination.service.host | "unknown"
`,
  ];
}
