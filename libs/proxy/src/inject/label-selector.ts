import type { Labels } from '@quintet/model';

/** A Kubernetes label selector: all requirements must hold; without any it selects everything. */
export type LabelSelector = { readonly requirements: readonly LabelRequirement[] };

export type LabelRequirement = {
  readonly key: string;
  readonly operator: LabelOperator;
  /** Not empty for In and NotIn, empty for the others. */
  readonly values: readonly string[];
};

export const LABEL_OPERATORS = ['In', 'NotIn', 'Exists', 'DoesNotExist'] as const;
export type LabelOperator = (typeof LABEL_OPERATORS)[number];

/** True when `labels` meet every requirement; a label that is not there meets NotIn, as in Kubernetes. */
export function selects(selector: LabelSelector, labels: Labels): boolean {
  return selector.requirements.every((requirement) => meets(requirement, labels));
}

function meets({ key, operator, values }: LabelRequirement, labels: Labels): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
  }
}
