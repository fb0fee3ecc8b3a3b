import { parse } from 'yaml';

/** Largest list text, bytes: what a provider sends beyond is refused. */
export const MAX_LIST_BYTES = 8 * 1024 * 1024;

/**
 * The entries of a list as a provider serves it: YAML `whitelist: [...]`, a YAML sequence, or plain text with an entry a
 * line (`#` begins a comment).
 */
export function parseList(text: string): readonly string[] {
  return yamlEntries(text) ?? plainEntries(text);
}

function yamlEntries(text: string): readonly string[] | undefined {
  if (!/^\s*(-|\[|(whitelist|blacklist|list):)/m.test(text)) return undefined;
  const document: unknown = parse(text, { maxAliasCount: 0 });
  const entries = isRecord(document) ? (document.whitelist ?? document.blacklist ?? document.list) : document;
  return Array.isArray(entries) ? entries.map(String) : undefined;
}

function plainEntries(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim())
    .filter((line) => line !== '');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
