/**
 * The level that counts in a text of the classic form `scope:level,scope:level`: that of the scope `default`, else that
 * of `all`, else one without a scope. A text that names other scopes only leaves the default, `info`: there is one log.
 * Anything else is given back as it is.
 */
export function classicLogLevel(text: string): string {
  if (!/^[\w-]+(:[\w-]+)?(,[\w-]+(:[\w-]+)?)*$/.test(text)) return text;
  const levels = new Map(
    text.split(',').map((part): readonly [string, string] => {
      const [scope = '', level] = part.split(':');
      return level === undefined ? ['', scope] : [scope, level];
    }),
  );
  const level = levels.get('default') ?? levels.get('all') ?? levels.get('') ?? 'info';
  return level === 'fatal' ? 'error' : level;
}
