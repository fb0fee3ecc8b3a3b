/** A part of a text that holds one document; its `---` line is empty or, with content behind the dashes, as written. */
export type DocumentText = {
  readonly text: string;
  /** Line of the whole text at which this part begins, from 1. */
  readonly firstLine: number;
};

/**
 * Cuts a YAML text at its `---` lines, and JSON objects that merely follow one another between them, so that every
 * document can be read for itself. Parts without content are left out. Cutting a part again gives the same part. The
 * parts refer to the text and keep it in memory.
 */
export function cutDocuments(text: string): DocumentText[] {
  const plain = text.includes('\r\n') ? text.replaceAll('\r\n', '\n') : text;
  const documents: DocumentText[] = [];
  let begin = 0;
  let firstLine = 1;
  const cut = (end: number): void => {
    const part = plain.slice(contentStart(plain, begin, end), end);
    if (JSON_OBJECT.test(part)) documents.push(...cutObjects(part, firstLine));
    else if (CONTENT.test(part)) documents.push({ text: part, firstLine });
  };
  let line = 1;
  for (let end = plain.indexOf('\n'); end >= 0; end = plain.indexOf('\n', end + 1)) {
    line += 1;
    if (!isDocumentMark(plain, end + 1)) continue;
    cut(end);
    begin = end + 1;
    firstLine = line;
  }
  cut(plain.length);
  return documents;
}

/** A line with something on it that is neither a comment nor a directive. */
const CONTENT = /(?:^|\n)[^\S\n]*[^\s#%]/;

/** What begins as a JSON object does; a byte order mark may stand before it. */
const JSON_OBJECT = /^\uFEFF?\s*\{/;
/** Between two objects: neither in JSON nor in YAML may the one follow the other like this within a document. */
const NEXT_OBJECT = /(?<=\})[^\S\n]*\n\s*(?=\{)/g;

/** Cuts between the JSON objects of a part. */
function cutObjects(part: string, firstLine: number): DocumentText[] {
  const documents: DocumentText[] = [];
  let line = firstLine;
  let begin = 0;
  for (const { 0: between, index } of part.matchAll(NEXT_OBJECT)) {
    const text = part.slice(begin, index);
    documents.push({ text, firstLine: line });
    line += linesIn(text) + linesIn(between);
    begin = index + between.length;
  }
  return [...documents, { text: part.slice(begin), firstLine: line }];
}

function linesIn(text: string): number {
  return text.split('\n').length - 1;
}

/** Where the part that begins at `begin` has its content: behind the dashes, if nothing else is on their line. */
function contentStart(text: string, begin: number, end: number): number {
  if (!isDocumentMark(text, begin)) return begin;
  const newline = text.indexOf('\n', begin);
  const lineEnd = newline < 0 || newline > end ? end : newline;
  return text.slice(begin + 3, lineEnd).trim() === '' ? lineEnd : begin;
}

/** Whether the line that begins at `start` is a mark between documents: three dashes and then nothing, or a space. */
function isDocumentMark(text: string, start: number): boolean {
  if (!text.startsWith('---', start)) return false;
  const next = text[start + 3];
  return next === undefined || /\s/.test(next);
}
