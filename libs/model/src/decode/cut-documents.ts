/** A part of a text that holds one document; its `---` line is empty or, with content behind the dashes, as written. */
export type DocumentText = {
  readonly text: string;
  /** Line of the whole text at which this part begins, from 1. */
  readonly firstLine: number;
};

/**
 * Cuts a YAML text at its `---` lines, so that every document can be read for itself. Parts without content are left
 * out. Cutting a part again gives the same part.
 */
export function cutDocuments(text: string): DocumentText[] {
  if (isOneDocument(text)) return CONTENT.test(text) ? [{ text, firstLine: 1 }] : [];
  const lines = text.replaceAll('\r\n', '\n').split('\n');
  const documents: DocumentText[] = [];
  let begin = 0;
  const cut = (end: number): void => {
    const [first = '', ...rest] = lines.slice(begin, end);
    const isMark = isDocumentMark(first) && first.slice(3).trim() === '';
    const part = [isMark ? '' : first, ...rest];
    if (part.some((line) => CONTENT.test(line)))
      documents.push({ text: part.join('\n'), firstLine: begin + 1 });
    begin = end;
  };
  for (const [index, line] of lines.entries()) if (isDocumentMark(line) && index > 0) cut(index);
  cut(lines.length);
  return documents;
}

/** A line with something on it that is neither a comment nor a directive. */
const CONTENT = /(?:^|\n)[^\S\n]*[^\s#%]/;

/** True for most files: then nothing has to be taken apart. */
function isOneDocument(text: string): boolean {
  return !text.includes('\r\n') && !text.startsWith('---') && !text.includes('\n---');
}

function isDocumentMark(line: string): boolean {
  return line.startsWith('---') && /^---(\s|$)/.test(line);
}
