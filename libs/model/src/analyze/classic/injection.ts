import type { NativePod } from '../../native/pod.ts';
import { type Analyzer, found } from '../analyzer.ts';
import { proxyOf } from '../proxy-container.ts';
import { nativeOf } from '../world/world-index.ts';

/** Namespaces that nobody decided about, and pods without a proxy where there should be one. */
export const injectionAnalyzer: Analyzer = {
  name: 'injection.Analyzer',
  summary: 'Namespaces without an injection label, and pods that are missing their proxy',
  codes: ['IST0102', 'IST0103'],
  analyze: ({ world }) => {
    const namespaces = nativeOf(world, 'Namespace').filter(({ name }) => !isSystemNamespace(name));
    const enabled = new Set(
      namespaces.filter(({ labels }) => labels[INJECTION_LABEL] === 'enabled').map(({ name }) => name),
    );
    const undecided = namespaces.filter(({ labels }) => !labels[INJECTION_LABEL]);
    const without = nativeOf(world, 'Pod').filter(
      (pod) => enabled.has(pod.namespace) && wantsProxy(pod) && proxyOf(pod) === undefined,
    );
    return [
      ...undecided.map((subject) =>
        found('IST0102', { subject, path: 'metadata.labels' }, [subject.name, subject.name]),
      ),
      ...without.map((subject) => found('IST0103', { subject, path: '' }, [subject.name, subject.namespace])),
    ];
  },
};

const INJECTION_LABEL = 'istio-injection';
const INJECT_ANNOTATION = 'sidecar.istio.io/inject';
const ENDED: readonly string[] = ['Succeeded', 'Failed'];
const YES: readonly string[] = ['y', 'yes', 'true', 'on'];

/** Namespaces of Kubernetes and of the mesh itself, where nothing is injected. */
export function isSystemNamespace(namespace: string): boolean {
  return namespace.startsWith('kube-') || namespace.startsWith('istio-');
}

function wantsProxy({ annotations, spec, deleting }: NativePod): boolean {
  const wish = annotations[INJECT_ANNOTATION]?.toLowerCase() ?? '';
  if (wish !== '' && !YES.includes(wish)) return false;
  return !spec.hostNetwork && !deleting && !ENDED.includes(spec.phase);
}
