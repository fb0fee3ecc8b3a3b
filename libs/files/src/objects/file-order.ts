/** Compares two places in files by the order in which a person would come across them. */
export type FileOrder = (a: Place, b: Place) => number;

type Place = { readonly file: string; readonly line: number };

/** The order of the paths that were asked for, then of the names in each directory, then of the lines. */
export function fileOrder(paths: readonly string[]): FileOrder {
  const rank = (file: string): number => {
    const index = paths.findIndex((path) => file === path || file.startsWith(`${path}/`));
    return index < 0 ? paths.length : index;
  };
  return (a, b) => {
    if (a.file === b.file) return a.line - b.line;
    return rank(a.file) - rank(b.file) || compareNames(a.file.split('/'), b.file.split('/'));
  };
}

function compareNames(a: readonly string[], b: readonly string[]): number {
  for (const [index, name] of a.entries()) {
    const other = b[index];
    if (other === undefined) return 1;
    if (name !== other) return name < other ? -1 : 1;
  }
  return a.length - b.length;
}
