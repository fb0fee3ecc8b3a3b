import { type Mesh, startMesh } from '@quintet/test-mesh/harness/mesh.ts';
import type { BenchCase, Figure } from '../bench-case.ts';
import { usageOf } from '../measure/process-usage.ts';

const REQUESTS = 1000;
const AT_A_TIME = 4;
const MEGABYTE = 1024 ** 2;

export const meshMemory: BenchCase = {
  name: 'mesh-memory',
  about: `Resident memory of each process of the local mesh with the Bookinfo sample: after the start and after ${REQUESTS} product pages, ${AT_A_TIME} at a time. Pages that processes share are divided among them (PSS); all of them count in RSS.`,
  async run() {
    const mesh = await startMesh({ name: 'bench' });
    try {
      const processes = processesOf(mesh);
      const before = processes.map(([, pid]) => usageOf(pid));
      await ask(mesh, REQUESTS);
      const after = processes.map(([, pid]) => usageOf(pid));
      const rows = processes.map(
        ([name], index): Figure => ({
          what: name,
          value: (after[index]?.pss ?? 0) / MEGABYTE,
          unit: 'MB',
          note: `before ${megabytes(before[index]?.pss)}, RSS ${megabytes(after[index]?.rss)}`,
        }),
      );
      return [...rows, total(rows)];
    } finally {
      await mesh.stop();
    }
  },
};

function processesOf(mesh: Mesh): (readonly [string, number])[] {
  const { services, workloads, pid } = mesh.state;
  const names = [
    ...[...services, 'nats'].toSorted(),
    ...workloads.map(({ name }) => `envoy:${name}`),
    ...workloads.filter(({ kind }) => kind === 'application').map(({ name }) => `app:${name}`),
  ];
  return [['quintet up', pid], ...names.map((name) => [name, mesh.pid(name)] as const)];
}

async function ask(mesh: Mesh, requests: number): Promise<void> {
  let left = requests;
  const reader = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const { status } = await mesh.get('/productpage');
      if (status !== 200) throw new Error(`the page answered ${status}`);
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, reader));
}

function total(rows: readonly Figure[]): Figure {
  return { what: 'all', value: rows.reduce((sum, { value }) => sum + value, 0), unit: 'MB' };
}

function megabytes(bytes = 0): string {
  return (bytes / MEGABYTE).toFixed(0);
}
