import { childPath } from '../../decode/located.ts';
import type { Labels } from '../../labels.ts';
import type { NativeKind, NativeObject } from '../../native/native-object.ts';
import { type AnalysisFinding, type Analyzer, found } from '../analyzer.ts';
import { isMeshAnnotation, KNOWN_ANNOTATIONS } from './known-annotations.ts';

/** Annotations of the mesh on objects of Kubernetes, and on the templates of pods. */
export const annotationAnalyzer: Analyzer = {
  name: 'annotations.K8sAnalyzer',
  summary: 'Annotations of the mesh that are unknown, or have no effect where they stand',
  codes: ['IST0107', 'IST0108'],
  analyze: ({ world }) => world.native.flatMap(objectFindings),
};

function objectFindings(subject: NativeObject): AnalysisFinding[] {
  const own = placed(subject, { kind: subject.kind, annotations: subject.annotations, path: 'metadata' });
  if (subject.kind !== 'Deployment') return own;
  const { annotations } = subject.spec.template;
  return [...own, ...placed(subject, { kind: 'Pod', annotations, path: 'spec.template.metadata' })];
}

function placed(
  subject: NativeObject,
  place: { readonly kind: NativeKind; readonly annotations: Labels; readonly path: string },
): AnalysisFinding[] {
  return Object.keys(place.annotations).flatMap((name) => {
    const at = { subject, path: childPath(`${place.path}.annotations`, name) };
    const places = KNOWN_ANNOTATIONS.get(name);
    if (places === undefined) return isMeshAnnotation(name) ? [found('IST0108', at, [name])] : [];
    if (places === 'any' || places.includes(place.kind)) return [];
    return [found('IST0107', at, [name, places.join(', ')])];
  });
}
