import { CLASSIC_TEMPLATES, type TemplateVariety } from '@quintet/expr';
import { LISTENTRY } from './listentry.ts';
import { LOGENTRY } from './logentry.ts';
import { METRIC } from './metric.ts';
import { CHECKNOTHING, REPORTNOTHING } from './nothing.ts';
import { QUOTA } from './quota.ts';
import type { Template } from './template.ts';

/** The templates that are realised. */
export const TEMPLATES: ReadonlyMap<string, Template> = new Map(
  [METRIC, LOGENTRY, REPORTNOTHING, CHECKNOTHING, LISTENTRY, QUOTA].map((template) => [
    template.name,
    template,
  ]),
);

/** What instances of a classic template are for, realised or not; undefined for a template that is not classic. */
export function varietyOf(template: string): TemplateVariety | undefined {
  return CLASSIC_TEMPLATES.get(template)?.variety;
}
