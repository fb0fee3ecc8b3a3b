import { LISTENTRY } from './listentry.ts';
import { LOGENTRY } from './logentry.ts';
import { METRIC } from './metric.ts';
import { CHECKNOTHING, REPORTNOTHING } from './nothing.ts';
import { QUOTA } from './quota.ts';
import type { Template, Variety } from './template.ts';

/** The templates that are realised. */
export const TEMPLATES: ReadonlyMap<string, Template> = new Map(
  [METRIC, LOGENTRY, REPORTNOTHING, CHECKNOTHING, LISTENTRY, QUOTA].map((template) => [
    template.name,
    template,
  ]),
);

/** Classic templates that are known and not realised, with what their instances would be for. */
const UNREALISED_TEMPLATES: ReadonlyMap<string, Variety | 'attributes'> = new Map<
  string,
  Variety | 'attributes'
>([
  ['apikey', 'check'],
  ['authorization', 'check'],
  ['edge', 'report'],
  ['tracespan', 'report'],
  ['kubernetes', 'attributes'],
]);

/** What instances of a classic template are for, realised or not; undefined for a template that is not classic. */
export function varietyOf(template: string): Variety | 'attributes' | undefined {
  return TEMPLATES.get(template)?.variety ?? UNREALISED_TEMPLATES.get(template);
}
