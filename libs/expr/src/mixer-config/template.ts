import type { AttributeManifest } from '../manifest.ts';
import type { Shape } from './shape.ts';

/** When instances of a template are made, and what comes back. */
export type TemplateVariety = 'check' | 'report' | 'quota' | 'attribute generator' | 'check with output';

/** A template as far as its instances are checked against it. */
export type MixerTemplate = {
  readonly name: string;
  readonly variety: TemplateVariety;
  /** What instances write. */
  readonly shape: Shape;
  /** What an adapter answers, by field; absent for templates without an output. */
  readonly output?: AttributeManifest;
  /** Fields that an instance is of no use without. */
  readonly required: readonly string[];
  /** Whether numbers and the like may stand for themselves, as for adapters in other processes. */
  readonly constants: boolean;
};
