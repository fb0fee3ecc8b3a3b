import type { NativePod } from '../../native/pod.ts';
import { type Analyzer, found } from '../analyzer.ts';
import { proxyOf } from '../proxy-container.ts';
import { nativeOf } from '../world/world-index.ts';

/** Pods whose proxy came from another version of the injector than the one that runs. */
export const proxyVersionAnalyzer: Analyzer = {
  name: 'injection.VersionAnalyzer',
  summary: 'Pods whose proxy is of another version than the injector',
  codes: ['IST0105'],
  analyze: ({ world }) => {
    const pods = nativeOf(world, 'Pod');
    const versions = new Set(pods.flatMap(injectorVersion));
    if (versions.size === 0) return [];
    const injector = [...versions].toSorted().join(',');
    return pods.flatMap((subject) => {
      const version = proxyVersion(subject);
      if (version === undefined || versions.has(version)) return [];
      return [found('IST0105', { subject, path: '' }, [version, injector])];
    });
  },
};

/** Value of the label `istio` on the injector's own pods. */
const INJECTOR = 'sidecar-injector';
/** Stock Envoy has versions of its own, which say nothing of the injector. */
const STOCK_ENVOY = /(^|\/)envoy(-distroless|-contrib)?$/;

function injectorVersion({ labels, spec }: NativePod): readonly string[] {
  if (labels.istio !== INJECTOR) return [];
  const [container] = spec.containers;
  const version = container && readImage(container.image).version;
  return version ? [version] : [];
}

function proxyVersion(pod: NativePod): string | undefined {
  const proxy = proxyOf(pod);
  if (proxy === undefined || pod.deleting) return undefined;
  const { name, version } = readImage(proxy.image);
  return STOCK_ENVOY.test(name) || version === '' ? undefined : version;
}

/** `registry:5000/name:tag@digest` taken apart; the version is empty when there is no tag. */
function readImage(image: string): { readonly name: string; readonly version: string } {
  const [tagged = ''] = image.split('@');
  const colon = tagged.indexOf(':', tagged.lastIndexOf('/') + 1);
  return colon < 0
    ? { name: tagged, version: '' }
    : { name: tagged.slice(0, colon), version: tagged.slice(colon + 1) };
}
