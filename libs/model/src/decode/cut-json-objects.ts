import type { DocumentText } from './cut-documents.ts';

/**
 * Cuts a text of several JSON objects that follow each other, as tools that print an object a line write them. Undefined
 * for every other text, one object too: braces in flow style are YAML as well.
 */
export function cutJsonObjects(text: string): readonly DocumentText[] | undefined {
  if (!/^\s*\{/.test(text) || !/\}\s*\{/.test(text)) return undefined;
  const objects: DocumentText[] = [];
  let firstLine = 1;
  let counted = 0;
  for (let at = 0; at < text.length; ) {
    const begin = at + text.slice(at).search(/\S/);
    if (begin < at) break;
    const end = endOfObject(text, begin);
    if (end === undefined) return undefined;
    firstLine += text.slice(counted, begin).split('\n').length - 1;
    counted = begin;
    objects.push({ text: text.slice(begin, end), firstLine });
    at = end;
  }
  return objects.length > 1 && objects.every((object) => isJson(object.text)) ? objects : undefined;
}

/** Where the object that begins at `begin` ends, if there is one: brackets in strings do not count. */
function endOfObject(text: string, begin: number): number | undefined {
  if (text[begin] !== '{') return undefined;
  const mark = /["{}[\]]/g;
  mark.lastIndex = begin;
  let depth = 0;
  for (let found = mark.exec(text); found !== null; found = mark.exec(text)) {
    const [written] = found;
    if (written === '"') mark.lastIndex = endOfString(text, found.index);
    else if (written === '{' || written === '[') depth += 1;
    else depth -= 1;
    if (depth === 0) return mark.lastIndex;
  }
  return undefined;
}

/** Behind the quotation mark that closes the string which begins at `begin`; the end of the text when none does. */
function endOfString(text: string, begin: number): number {
  const mark = /["\\]/g;
  mark.lastIndex = begin + 1;
  for (let found = mark.exec(text); found !== null; found = mark.exec(text)) {
    if (found[0] === '"') return mark.lastIndex;
    mark.lastIndex += 1;
  }
  return text.length;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
